namespace Fgsm.Certified;

/// <summary>
/// A linear program in a box: the least value of c * x for x in the box and G * x &lt;= h, by the dual simplex method with bounded variables
/// (Koberstein, "The Dual Simplex Method, Techniques for a Fast and Stable Implementation", 2005, chapter 3). Every variable begins at the
/// end of its interval that c prefers, so that no first phase is needed.
/// </summary>
/// <remarks>Its numbers are rounded: who uses them checks what they prove, see <see cref="LinearRow.Minimum"/>.</remarks>
internal sealed class BoxProgram
{
    private const double Tolerance = 1e-11;

    private readonly double[] low, high, cost;
    private readonly double[][] rows;
    private readonly double[] constants;
    private readonly int[] basic, nonbasic;
    private readonly bool[] atHigh;
    private readonly int variables;

    /// <param name="objective">c.</param>
    /// <param name="constraints">Each with a row of G as its coefficients and -h as its constant.</param>
    public BoxProgram(double[] objective, IReadOnlyList<LinearRow> constraints, Box box)
    {
        variables = objective.Length;
        // Behind the variables come the slacks, h - G * x, which have no upper end.
        low = [.. box.Low, .. constraints.Select(_ => 0.0)];
        high = [.. box.High, .. constraints.Select(_ => double.PositiveInfinity)];
        cost = [.. objective];
        rows = [.. constraints.Select(row => Array.ConvertAll(row.Coefficients, a => -a))];
        constants = [.. constraints.Select(row => -row.Constant)];
        basic = [.. Enumerable.Range(variables, constraints.Count)];
        nonbasic = [.. Enumerable.Range(0, variables)];
        atHigh = [.. objective.Select(c => c < 0), .. constraints.Select(_ => false)];
        Multipliers = new double[constraints.Count];
        Solve(50 * (constraints.Count + 1));
        Solution = new double[variables];
        foreach (var j in Enumerable.Range(0, variables))
            Solution[j] = atHigh[j] ? high[j] : low[j];
        for (var i = 0; i < basic.Length; i++)
            if (basic[i] < variables)
                Solution[basic[i]] = Math.Clamp(Value(i), low[basic[i]], high[basic[i]]);
    }

    /// <summary>Whether no x fits.</summary>
    public bool IsInfeasible { get; private set; }

    /// <summary>
    /// Factors for the constraints, not negative, with which they prove the least value; where no x fits, those with which they
    /// contradict each other.
    /// </summary>
    public double[] Multipliers { get; }

    /// <summary>The best x, within the box.</summary>
    public double[] Solution { get; }

    /// <summary>A basic variable's value, where all others are at an end of their interval.</summary>
    private double Value(int row)
    {
        var value = constants[row];
        for (var j = 0; j < nonbasic.Length; j++)
            value += rows[row][j] * (atHigh[nonbasic[j]] ? high[nonbasic[j]] : low[nonbasic[j]]);
        return value;
    }

    private void Solve(int pivots)
    {
        for (var pivot = 0; pivot < pivots; pivot++)
        {
            var (leaving, most, rising) = (-1, Tolerance, false);
            for (var i = 0; i < basic.Length; i++)
            {
                var value = Value(i);
                if (low[basic[i]] - value > most)
                    (leaving, most, rising) = (i, low[basic[i]] - value, true);
                if (value - high[basic[i]] > most)
                    (leaving, most, rising) = (i, value - high[basic[i]], false);
            }
            if (leaving < 0)
                break;
            var (entering, least) = (-1, double.PositiveInfinity);
            for (var j = 0; j < nonbasic.Length; j++)
            {
                var slope = rising ? rows[leaving][j] : -rows[leaving][j];
                if (atHigh[nonbasic[j]] ? slope >= -Tolerance : slope <= Tolerance)
                    continue;
                if (Math.Abs(cost[j] / slope) is var ratio && ratio < least)
                    (entering, least) = (j, ratio);
            }
            if (entering < 0)
            {
                IsInfeasible = true;
                ReadMultipliers(j => rising ? -rows[leaving][j] : rows[leaving][j]);
                if (basic[leaving] >= variables)
                    Multipliers[basic[leaving] - variables] = 1;
                return;
            }
            Pivot(leaving, entering, rising);
        }
        ReadMultipliers(j => cost[j]);
    }

    private void ReadMultipliers(Func<int, double> of)
    {
        for (var j = 0; j < nonbasic.Length; j++)
            if (nonbasic[j] >= variables)
                Multipliers[nonbasic[j] - variables] = Math.Max(0, of(j));
    }

    /// <summary>The leaving variable goes to the end of its interval that it has passed; the entering one takes its row.</summary>
    private void Pivot(int leaving, int entering, bool rising)
    {
        var row = rows[leaving];
        var slope = row[entering];
        row[entering] = -1;
        for (var j = 0; j < row.Length; j++)
            row[j] /= -slope;
        constants[leaving] /= -slope;
        for (var i = 0; i < rows.Length; i++)
            if (i != leaving)
                constants[i] += Replace(rows[i]) * constants[leaving];
        Replace(cost);
        (basic[leaving], nonbasic[entering]) = (nonbasic[entering], basic[leaving]);
        atHigh[nonbasic[entering]] = !rising;

        double Replace(double[] target)
        {
            var factor = target[entering];
            target[entering] = 0;
            for (var j = 0; factor != 0 && j < target.Length; j++)
                target[j] += factor * row[j];
            return factor;
        }
    }
}
