using Fgsm.Attacks;

namespace Fgsm.Tests;

/// <summary>A linear model's distance to the plane between two classes is algebra: the margin divided by the dual length of its weights.</summary>
public class LinearModelTests
{
    private static readonly Dictionary<string, Norm> Norms = new[] { Norm.LInf, Norm.L2, Norm.L1 }.ToDictionary(n => n.ToString()!);

    private readonly Sequential model;
    private readonly Tensor x = full([6, 1, 4, 4], 0.5), y;
    private readonly float[][] weights;

    public LinearModelTests()
    {
        manual_seed(3);
        weights = [.. Enumerable.Range(0, 3).Select(_ => (randn(16) * 4).Floats())];
        model = TinyModels.Linear(weights);
        x += rand(6, 1, 4, 4) * 0.2 - 0.1;
        y = model.call(x).argmax(1);
    }

    /// <summary>The distance of each image to the nearest plane, computed in doubles from the weights.</summary>
    private double[] Distances(Norm norm) => [.. Enumerable.Range(0, 6).Select(i =>
    {
        var (pixels, label) = (x[i..(i + 1)].Floats(), (int)y.data<long>().ToArray()[i]);
        return Enumerable.Range(0, 3).Where(k => k != label).Min(k =>
        {
            var w = weights[k].Zip(weights[label], (a, b) => (double)a - b).ToArray();
            var lead = -w.Zip(pixels, (a, p) => a * p).Sum();
            return lead / (norm == Norm.LInf ? w.Sum(Math.Abs) : norm == Norm.L2 ? Math.Sqrt(w.Sum(a => a * a)) : w.Max(Math.Abs));
        });
    })];

    private static Tensor One(Tensor images, int i) => images[i..(i + 1)];

    private bool IsFooled(AdversarialAttack attack, int image) =>
        model.call(attack.Attack(model, One(x, image), One(y, image))).argmax(1).ne(One(y, image)).item<bool>();

    /// <summary>With two classes there is one plane, and one step of the right length reaches it.</summary>
    [Theory]
    [InlineData("L-infinity")]
    [InlineData("L2")]
    [InlineData("L1")]
    public void FgsmAndPgd_OfTwoClasses_TurnAnImageExactlyFromItsDistanceOn(string name)
    {
        var norm = Norms[name];
        var (w0, w1) = (weights[0], weights[1]);
        var (two, image) = (TinyModels.Linear(w0, w1), One(x, 0));
        var label = two.call(image).argmax(1);
        var w = w1.Zip(w0, (a, b) => (double)a - b).ToArray();
        var distance = Math.Abs(w.Zip(image.Floats(), (a, p) => a * p).Sum())
            / (norm == Norm.LInf ? w.Sum(Math.Abs) : norm == Norm.L2 ? Math.Sqrt(w.Sum(a => a * a)) : w.Max(Math.Abs));
        bool Turns(AdversarialAttack attack) => two.call(attack.Attack(two, image, label)).argmax(1).ne(label).item<bool>();

        Assert.All(new[] { 0.999, 1.001 }, factor =>
        {
            var eps = distance * factor;
            Assert.Equal(factor > 1, Turns(new FGSM(eps) { Norm = norm, Bounds = Bounds.None }));
            Assert.Equal(factor > 1, Turns(new PGD(eps, eps, 3, randomStart: false) { Norm = norm, Bounds = Bounds.None }));
        });
    }

    /// <summary>One step; the authors' 1e-4 of a logit and the overshoot on top.</summary>
    [Theory]
    [InlineData("L-infinity")]
    [InlineData("L2")]
    public void DeepFool_FindsTheDistance(string name)
    {
        var norm = Norms[name];

        var change = new DeepFool(overshoot: 1e-4) { Norm = norm }.Attack(model, x, y) - x;

        Assert.All(Distances(norm).Zip(norm.Length(change).Floats()), d => Assert.Equal(1, d.Second / d.First, 1e-3));
    }

    public static TheoryData<string, string> Minimal => new()
    {
        { "FMN", "L-infinity" }, { "FMN", "L2" }, { "FAB", "L-infinity" }, { "FAB", "L2" }, { "CarliniWagner", "L2" },
    };

    [Theory, MemberData(nameof(Minimal))]
    public void MinimalAttacks_ComeWithinOnePercentOfTheDistance(string attack, string name)
    {
        var norm = Norms[name];
        MinimalAttack made = attack switch
        {
            "FMN" => new FMN(steps: 1000) { Norm = norm },
            "FAB" => new FAB { Norm = norm },
            _ => new CarliniWagner(steps: 500, learningRate: 0.01),
        };

        var adversarial = made.Attack(model, x, y);

        Assert.True(model.call(adversarial).argmax(1).ne(y).all().item<bool>());
        Assert.All(Distances(norm).Zip(norm.Length(adversarial - x).Floats()), d => Assert.InRange(d.Second / d.First, 0.9999, 1.01));
    }

    [Fact]
    public void Apgd_TurnsAnImageFromItsDistanceOn()
    {
        var distances = Distances(Norm.LInf);

        Assert.All(Enumerable.Range(0, 6), i =>
        {
            Assert.False(IsFooled(new APGD(distances[i] * 0.99), i));
            Assert.True(IsFooled(new APGD(distances[i] * 1.01) { Loss = AttackLosses.Margin }, i));
        });
    }
}
