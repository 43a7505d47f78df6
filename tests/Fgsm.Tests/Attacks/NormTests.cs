using Fgsm.Attacks;

namespace Fgsm.Tests;

public class NormTests
{
    private static readonly Dictionary<string, Norm> Norms = new[] { Norm.LInf, Norm.L2, Norm.L1 }.ToDictionary(n => n.ToString()!);

    public static TheoryData<string> Names => [.. Norms.Keys];

    private static Tensor Eps(double eps) => tensor((float)eps);

    public NormTests() => manual_seed(1);

    [Fact]
    public void Length_IsTheSumOfPowers()
    {
        var change = tensor([3f, -4, 0, 0, 0, 0, 0, -2], [2, 1, 2, 2]);

        Assert.Equal([4f, 2], Norm.LInf.Length(change).Floats());
        Assert.Equal([5f, 2], Norm.L2.Length(change).Floats());
        Assert.Equal([7f, 2], Norm.L1.Length(change).Floats());
    }

    /// <summary>Hoelder's inequality is an equation exactly for the steepest change, and no other change of length 1 gains more.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Steepest_HasLength1_AndGainsTheDualLength(string name)
    {
        var (norm, gradient) = (Norms[name], randn(5, 2, 3, 3));
        float[] Gain(Tensor change) => (gradient * change).reshape(5, -1).sum(1).Floats();

        var steepest = norm.Steepest(gradient);

        Assert.All(norm.Length(steepest).Floats(), l => Assert.Equal(1, l, 1e-5f));
        Assert.All(norm.Dual(gradient).Floats().Zip(Gain(steepest)), p => Assert.Equal(p.First, p.Second, 1e-4f * p.First));
        for (var i = 0; i < 100; i++)
        {
            var other = randn(5, 2, 3, 3);
            Assert.All(Gain(other / Norm.PerImage(norm.Length(other), other)).Zip(Gain(steepest)), p => Assert.True(p.First <= p.Second * 1.00001f));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Steepest_OfNoGradient_IsNoChange(string name) =>
        Assert.Equal(new float[18], Norms[name].Steepest(zeros(2, 1, 3, 3)).Floats());

    /// <summary>
    /// Against points drawn within ball and box: none is nearer. Drawn near the projection, where a nearer one would be, by a search
    /// that knows only the two constraints.
    /// </summary>
    [Theory]
    [InlineData("L-infinity", 0.2)]
    [InlineData("L1", 0.5)]
    [InlineData("L1", 3)]
    public void Project_FindsTheNearestPointOfBallAndBox(string name, double eps)
    {
        var (norm, x) = (Norms[name], rand(20, 1, 3, 3));
        var point = x + randn(20, 1, 3, 3);

        var projection = norm.Project(x, point, Eps(eps), Bounds.Unit);

        Assert.All(norm.Length(projection - x).Floats(), l => Assert.InRange(l, 0, (float)eps + 1e-6f));
        Assert.All(projection.Floats(), p => Assert.InRange(p, 0, 1));
        var distance = Norm.L2.Length(projection - point);
        for (var i = 0; i < 2000; i++)
        {
            var candidate = (projection + randn(20, 1, 3, 3) * (float)Math.Pow(10, -i % 4)).clamp(0, 1);
            var inside = norm.Length(candidate - x).le(eps);
            var nearer = Norm.L2.Length(candidate - point).lt(distance - 1e-5);
            Assert.False(inside.logical_and(nearer).any().item<bool>());
        }
    }

    /// <summary>Without bounds the nearest point of an L2 ball lies on the line to the centre.</summary>
    [Fact]
    public void Project_ToAnL2Ball_ShortensTheChange()
    {
        var x = rand(4, 1, 3, 3);
        var change = randn(4, 1, 3, 3);

        var projection = Norm.L2.Project(x, x + change, Eps(0.5), Bounds.None);

        var expected = x + change * 0.5 / Norm.PerImage(Norm.L2.Length(change), x);
        Assert.All(expected.Floats().Zip(projection.Floats()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    /// <summary>The L1 ball of radius 1 around 0 and the point (2, 1): both sink by 1.</summary>
    [Fact]
    public void Project_ToAnL1Ball_LowersEveryChangeAlike()
    {
        var projection = Norm.L1.Project(zeros(1, 2), tensor([2f, 1.5f], [1, 2]), Eps(1), Bounds.None);

        Assert.Equal([0.75f, 0.25f], projection.Floats().Select(v => MathF.Round(v, 5)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Project_OfAPointInside_IsThePoint(string name)
    {
        var x = full([2, 1, 3, 3], 0.5);
        var point = x + rand(2, 1, 3, 3) * 0.01;

        Assert.All(point.Floats().Zip(Norms[name].Project(x, point, Eps(1), Bounds.Unit).Floats()), p => Assert.Equal(p.First, p.Second, 1e-6f));
    }

    [Theory, MemberData(nameof(Names))]
    public void RandomChange_IsWithinEps_AndTheSameForAnImageInAnyBatch(string name)
    {
        var (norm, x) = (Norms[name], rand(50, 1, 3, 3));

        var whole = norm.RandomChange(x, 0.25, RandomDraws.For(x, 3));
        var alone = norm.RandomChange(x[7..8], 0.25, RandomDraws.For(x[7..8], 3));

        Assert.All(norm.Length(whole).Floats(), l => Assert.InRange(l, 0.01f, 0.25001f));
        Assert.Equal(alone.Floats(), whole[7..8].Floats());
        Assert.NotEqual(alone.Floats(), whole[8..9].Floats());
    }
}
