using Fgsm.Certified;

namespace Fgsm.Tests;

/// <summary>The dual simplex method, against every corner of small programs.</summary>
public class BoxProgramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheLeastValue_IsThatOfTheBestCorner(int seed)
    {
        var (random, infeasible) = (new Random(seed), 0);
        for (var trial = 0; trial < 300; trial++)
        {
            double Next() => random.NextDouble() * 2 - 1;
            double[] cost = [Next(), Next()];
            LinearRow[] rows = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => new LinearRow([Next(), Next()], Next()))];
            var box = new Box([-1, -0.5], [0.5, 1]);
            double[][] sides = [[1, 0, 1], [1, 0, -0.5], [0, 1, 0.5], [0, 1, -1]];
            double[][] lines = [.. rows.Select(r => new[] { r.Coefficients[0], r.Coefficients[1], r.Constant }), .. sides];
            var corners = from a in lines
                          from b in lines
                          let determinant = a[0] * b[1] - a[1] * b[0]
                          where determinant != 0
                          let x = (a[1] * b[2] - a[2] * b[1]) / determinant
                          let y = (a[2] * b[0] - a[0] * b[2]) / determinant
                          where x >= -1 - 1e-9 && x <= 0.5 + 1e-9 && y >= -0.5 - 1e-9 && y <= 1 + 1e-9
                          where rows.All(r => r.Coefficients[0] * x + r.Coefficients[1] * y + r.Constant <= 1e-9)
                          select cost[0] * x + cost[1] * y;
            var least = corners.DefaultIfEmpty(double.PositiveInfinity).Min();

            var program = new BoxProgram(cost, rows, box);

            Assert.Equal(double.IsInfinity(least), program.IsInfeasible);
            Assert.All(program.Multipliers, m => Assert.True(m >= 0));
            if (program.IsInfeasible)
            {
                infeasible++;
                Assert.True(LinearRow.Minimum(null, rows, program.Multipliers, box) > 0);
                continue;
            }
            Assert.Equal(least, cost[0] * program.Solution[0] + cost[1] * program.Solution[1], 1e-7);
            Assert.Equal(least, LinearRow.Minimum(new(cost, 0), rows, program.Multipliers, box), 1e-7);
        }
        Assert.InRange(infeasible, 20, 280);
    }
}
