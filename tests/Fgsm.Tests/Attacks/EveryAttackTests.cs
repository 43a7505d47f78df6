using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Training;
using FsCheck;
using FsCheck.Fluent;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

/// <summary>What every attack promises, whatever it does.</summary>
public class EveryAttackTests
{
    private static readonly Dictionary<string, Func<double, AdversarialAttack>> FixedEps = new()
    {
        ["FGSM"] = eps => new FGSM(eps),
        ["FGSM L2"] = eps => new FGSM(eps) { Norm = Norm.L2 },
        ["FGSM L1"] = eps => new FGSM(eps) { Norm = Norm.L1 },
        ["RFGSM"] = eps => new RFGSM(eps) { Seed = 1 },
        ["BIM"] = eps => new BIM(eps, eps / 4, 8),
        ["MIFGSM"] = eps => new MIFGSM(eps),
        ["PGD"] = eps => new PGD(eps, eps / 4, 8) { Seed = 1 },
        ["PGD L2"] = eps => new PGD(eps, eps / 4, 8) { Norm = Norm.L2, Seed = 1 },
        ["PGD L1"] = eps => new PGD(eps, eps / 4, 8) { Norm = Norm.L1, Seed = 1 },
        ["PGD, restarts, margin"] = eps => new PGD(eps, eps / 4, 8) { Loss = AttackLosses.Margin, Restarts = 3, Seed = 1 },
        ["APGD"] = eps => new APGD(eps, 20) { Seed = 1 },
        ["APGD L2, DLR"] = eps => new APGD(eps, 20) { Norm = Norm.L2, Loss = AttackLosses.Dlr, Restarts = 2, Seed = 1 },
        ["TargetedAPGD"] = eps => new TargetedAPGD(eps, 10, 3) { Seed = 1 },
        ["Square"] = eps => new Square(eps, 100) { Seed = 1 },
        ["Square L2"] = eps => new Square(eps, 100) { Norm = Norm.L2, Seed = 1 },
        ["AutoAttack"] = eps => new AutoAttack(eps, 5, 2, 20),
        ["AutoAttack L2"] = eps => new AutoAttack(eps, 5, 2, 20) { Norm = Norm.L2 },
    };

    private static readonly Dictionary<string, Func<AdversarialAttack>> Minimal = new()
    {
        ["DeepFool"] = () => new DeepFool(),
        ["DeepFool L-infinity"] = () => new DeepFool { Norm = Norm.LInf },
        ["CarliniWagner"] = () => new CarliniWagner(40, 5, learningRate: 0.1),
        ["FMN"] = () => new FMN(20),
        ["FMN L-infinity"] = () => new FMN(20) { Norm = Norm.LInf },
        ["FAB"] = () => new FAB(10, 2),
        ["FAB L-infinity"] = () => new FAB(10, 2) { Norm = Norm.LInf },
    };

    private readonly Sequential model = TinyModels.SmallCnn();
    private readonly Tensor x = rand(9, 1, 8, 8), y;

    public EveryAttackTests() => y = model.call(x).argmax(1);

    public static TheoryData<string> FixedEpsNames => [.. FixedEps.Keys];
    public static TheoryData<string> MinimalNames => [.. Minimal.Keys];
    public static TheoryData<string> Names => [.. FixedEps.Keys, .. Minimal.Keys];

    private static AdversarialAttack Make(string name) => FixedEps.TryGetValue(name, out var make) ? make(0.1) : Minimal[name]();

    /// <summary>Another class than each label.</summary>
    private static Tensor Next(Tensor labels) => Labels(Array.ConvertAll(labels.data<long>().ToArray(), l => (l + 1) % 10));

    private static Norm NormOf(string name) => name.Contains("L1") ? Norm.L1 : name.Contains("L2") ? Norm.L2 : Norm.LInf;

    /// <summary>In double from the floats, without any tolerance; FGSM's one step is the test after this.</summary>
    [Theory]
    [InlineData("RFGSM")]
    [InlineData("BIM")]
    [InlineData("MIFGSM")]
    [InlineData("PGD")]
    [InlineData("PGD, restarts, margin")]
    [InlineData("APGD")]
    [InlineData("TargetedAPGD")]
    [InlineData("Square")]
    [InlineData("AutoAttack")]
    public void LInfinityAttack_CarriesNoPixelPastEps_ToTheLastBit(string name) => ForAllSeeds(6, (seed, eps) =>
    {
        var images = rand(4, 1, 8, 8);
        var labels = model.call(images).argmax(1);

        var adversarial = FixedEps[name](eps).Attack(model, images, labels).Floats();

        Assert.All(images.Floats().Zip(adversarial), p => Assert.True(
            Math.Abs((double)p.Second - p.First) <= eps && p.Second is >= 0 and <= 1,
            $"seed {seed}, eps {eps:R}: {p.First:R} to {p.Second:R}"));
    });

    /// <summary>Its published formula rounds x + eps to a float, and no further.</summary>
    [Fact]
    public void Fgsm_PassesEpsByNoMoreThanTheRoundingOfItsFormula() => ForAllSeeds(20, (seed, eps) =>
    {
        var images = rand(4, 1, 8, 8);

        var adversarial = new FGSM(eps).Attack(model, images, model.call(images).argmax(1)).Floats();

        Assert.All(images.Floats().Zip(adversarial), p => Assert.Contains(
            p.Second, new[] { Math.Clamp(p.First - (float)eps, 0, 1), p.First, Math.Clamp(p.First + (float)eps, 0, 1) }));
    });

    private static void ForAllSeeds(int count, Action<int, double> check) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(2026, 11),
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            manual_seed(seed);
            foreach (var eps in new[] { 8 / 255.0, 0.1, 0.3, Math.Abs(seed % 997) / 997.0 })
                check(seed, eps);
        }));

    /// <summary>FGSM's x + eps is rounded to float32, and so is a length in L2 or L1.</summary>
    [Theory, MemberData(nameof(FixedEpsNames))]
    public void Attack_StaysWithinEpsAndBounds(string name)
    {
        foreach (var eps in new[] { 0.01, 0.1, 1 })
        {
            var adversarial = FixedEps[name](eps).Attack(model, x, y);

            Assert.All(NormOf(name).Length(adversarial - x).Floats(), l => Assert.InRange(l, 0, (float)eps * 1.00001f + 1e-6f));
            Assert.All(adversarial.Floats(), p => Assert.InRange(p, 0, 1));
        }
    }

    [Theory, MemberData(nameof(FixedEpsNames))]
    public void Attack_WithZeroEps_ReturnsTheImage(string name) =>
        Assert.Equal(x.Floats(), FixedEps[name](0).Attack(model, x, y).Floats());

    [Theory, MemberData(nameof(Names))]
    public void Attack_NeverWritesIntoTheImages_AndLeavesTheModelAsItWas(string name)
    {
        var (pixels, weights) = (x.Bits(), model.Weights());
        model.train();

        var adversarial = Make(name).Attack(model, x, y);
        adversarial.zero_();

        Assert.Equal(pixels, x.Bits());
        Assert.Equal(weights, model.Weights());
        Assert.All(model.Modes(), Assert.True);
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
    }

    /// <summary>Random numbers belong to the image, and images that are done leave the work of the others as it is.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Attack_OfAnImageAlone_IsThatOfTheImageInABatch(string name)
    {
        var whole = Make(name).Attack(model, x, y).Floats();

        Engine.AssertSame(whole, [.. Enumerable.Range(0, 9).SelectMany(i => Make(name).Attack(model, x[i..(i + 1)], y[i..(i + 1)]).Floats())]);
    }

    [Theory, MemberData(nameof(MinimalNames))]
    public void MinimalAttack_TurnsImages_AndLeavesThoseThatAreWrongAlready(string name)
    {
        var labels = where(arange(9).lt(3), Next(y), y);

        var adversarial = Minimal[name]().Attack(model, x, labels);

        var fooled = model.call(adversarial).argmax(1).ne(labels).data<bool>().ToArray();
        Assert.InRange(fooled.Count(f => f), 8, 9);
        Assert.Equal(x[..3].Bits(), adversarial[..3].Bits());
    }

    [Theory]
    [InlineData("PGD")]
    [InlineData("MIFGSM")]
    [InlineData("FMN")]
    [InlineData("CarliniWagner")]
    [InlineData("Square")]
    public void Targeted_ReachesTheTarget_NotJustAnyOtherClass(string name)
    {
        var target = model.call(x).argsort(1, descending: true)[.., 1];
        AdversarialAttack attack = name switch
        {
            "PGD" => new PGD(0.5, 0.05, 40) { Targeted = true, Seed = 1 },
            "MIFGSM" => new MIFGSM(0.5, 40) { Targeted = true },
            "FMN" => new FMN(200) { Targeted = true },
            "Square" => new Square(0.5, 500) { Targeted = true, Seed = 1 },
            _ => new CarliniWagner(40, 6, learningRate: 0.1) { Targeted = true },
        };

        var reached = model.call(attack.Attack(model, x, target)).argmax(1).eq(target).data<bool>().ToArray();

        Assert.InRange(reached.Count(r => r), 8, 9);
    }

    /// <summary>Clipping takes from a change in L2 what steps add, which once left FMN standing.</summary>
    [Fact]
    public void Fmn_TurnsEveryImageThatCarliniAndWagnerTurn_WhereBoundsTakeMostOfAChange()
    {
        // Pixels at their bounds, as in MNIST: half of each step is clipped.
        var images = rand(40, 1, 8, 8).gt(0.5).to(float32);
        var labels = model.call(images).argmax(1);
        bool[] Turned(AdversarialAttack attack) =>
            model.call(attack.Attack(model, images, labels)).argmax(1).ne(labels).data<bool>().ToArray();

        var (fmn, carliniWagner) = (Turned(new FMN(100)), Turned(new CarliniWagner(100, 6, learningRate: 0.1)));

        Assert.All(carliniWagner.Zip(fmn), t => Assert.True(t.Second || !t.First));
        Assert.InRange(carliniWagner.Count(t => t), 30, 40);
    }

    [Fact]
    public void MoreRestarts_NeverHelpTheModel()
    {
        var images = rand(60, 1, 8, 8);
        var labels = model.call(images).argmax(1);
        int Standing(int restarts) => (int)model.call(new PGD(0.1, 0.05, 3) { Restarts = restarts, Seed = 4 }.Attack(model, images, labels)).argmax(1).eq(labels).sum().item<long>();

        var standing = new[] { 1, 2, 4, 8 }.Select(Standing).ToList();

        Assert.Equal(standing.OrderDescending(), standing);
        Assert.InRange(standing[0], 1, 59);
    }

    /// <summary>Square's queries and DeepFool's steps go on where fewer stop, so that no image stands up again.</summary>
    [Theory]
    [InlineData("Square")]
    [InlineData("Square L2")]
    [InlineData("DeepFool")]
    [InlineData("BIM")]
    [InlineData("PGD")]
    [InlineData("APGD")]
    [InlineData("FMN")]
    [InlineData("CarliniWagner")]
    public void MoreSteps_NeverHelpTheModel(string name)
    {
        var images = rand(60, 1, 8, 8);
        var labels = model.call(images).argmax(1);
        bool[] Standing(int steps)
        {
            AdversarialAttack attack = name switch
            {
                "Square" => new Square(0.2, steps) { Seed = 4 },
                "Square L2" => new Square(1, steps) { Norm = Norm.L2, Seed = 4 },
                "DeepFool" => new DeepFool(steps),
                "BIM" => new BIM(0.05, 0.01, steps),
                "PGD" => new PGD(0.05, 0.01, steps) { Seed = 4 },
                "APGD" => new APGD(0.05, steps) { Seed = 4 },
                "FMN" => new FMN(steps),
                _ => new CarliniWagner(steps, 3, learningRate: 0.1),
            };
            return model.call(attack.Attack(model, images, labels)).argmax(1).eq(labels).data<bool>().ToArray();
        }

        var standing = new[] { 1, 2, 5, 20, 60 }.Select(Standing).ToList();

        var left = standing.Select(s => s.Count(stands => stands)).ToList();
        Assert.Equal(left.OrderDescending(), left);
        Assert.True(left[^1] < left[0], string.Join(", ", left));
        if (name is "Square" or "Square L2" or "DeepFool")
            Assert.All(standing.Zip(standing.Skip(1)), pair => Assert.DoesNotContain((false, true), pair.First.Zip(pair.Second)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void EpsOfMoreThanTheRangeOfPixels_IsRefusedInOneLine(double white)
    {
        var attack = new PGD(white * 1.01, 0.1, 1) { Bounds = new Bounds(0, white) };

        AssertOneLine(Assert.Throws<ArgumentException>(() => attack.Attack(model, x, y)), "PGD", $"0 to {white}", "same units");
        Assert.Equal(x.shape, new FGSM(white) { Bounds = new Bounds(0, white) }.Attack(model, x, y).shape);
    }

    /// <summary>The labels of a set are the classes of its images; an attack towards them would only help the model.</summary>
    [Fact]
    public void TargetEqualToTheLabel_IsRefusedInOneLine()
    {
        var (attack, set) = (new PGD(0.1, 0.05, 2) { Targeted = true }, new TensorSet(x, y));
        Assert.All(new Action[]
        {
            () => AttackSuite.Run(model, set, [attack]),
            () => AttackSuite.RunNested(model, set, [attack]),
            () => EpsSweep.Run(model, set, [0.1], attack: _ => attack),
            () => SmallestEps.Search(model, set, attack: _ => attack),
            () => TransferMatrix.Run([("a", model)], attack, set),
            () => _ = new AdversarialExamples(attack),
        }, run => AssertOneLine(Assert.Throws<ArgumentException>(run), "PGD", "targeted", "Attack(model, x, targets)"));
    }

    /// <summary>Rounding the logits cuts the gradient off, before the weights or after them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ModelWithoutGradients_IsRefusedInOneLine_ByAttacksThatNeedThem(bool before)
    {
        using var cut = new Cut();
        var blind = before ? nn.Sequential(cut, nn.Flatten(), nn.Linear(64, 10)) : nn.Sequential(nn.Flatten(), nn.Linear(64, 10), cut);

        Assert.All(new AdversarialAttack[] { new FGSM(0.1), new PGD(0.1, 0.1, 1), new APGD(0.1), new FMN(), new DeepFool(), new FAB(10, 2), new CarliniWagner() },
            attack => AssertOneLine(Assert.Throws<ArgumentException>(() => attack.Attack(blind, x, blind.call(x).argmax(1))), "no gradient", "Square"));
        Assert.Equal(x.shape, new Square(0.1, 10).Attack(blind, x, y).shape);
    }

    private sealed class Cut() : nn.Module<Tensor, Tensor>("Cut")
    {
        public override Tensor forward(Tensor input) => input.detach();
    }

    [Fact]
    public void BadOptions_AreRefusedInOneLine()
    {
        AssertOneLine(Assert.Throws<NotSupportedException>(() => new DeepFool { Norm = Norm.L1 }), "DeepFool", "L1", "L2 or L-infinity");
        AssertOneLine(Assert.Throws<NotSupportedException>(() => new APGD(0.1) { Norm = Norm.L1 }), "APGD", "L1");
        AssertOneLine(Assert.Throws<NotSupportedException>(() => new AutoAttack(0.1) { Norm = Norm.L1 }), "AutoAttack", "L1", "or L2");
        AssertOneLine(Assert.Throws<NotSupportedException>(() => new DeepFool { Targeted = true }.Attack(model, x, y)), "DeepFool", "targeted");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new RFGSM(0.1, 0.2)), "RFGSM", "alpha 0.2", "eps 0.1");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new PGD(0.1, 0.1, 1) { Restarts = 0 }), "PGD", "Restarts");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1, share: 0)), "Square", "share");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new FAB(targets: 0)), "FAB", "targets");
        AssertOneLine(Assert.Throws<ArgumentException>(() => new CarliniWagner { Bounds = Bounds.None }.Attack(model, x, y)), "CarliniWagner", "bounds");
    }

    [Theory, MemberData(nameof(Names))]
    public void Attack_OfNoImages_GivesNone(string name) =>
        Assert.Equal([0, 1, 8, 8], Make(name).Attack(model, x[..0], y[..0]).shape);

    /// <summary>The fifteen lines with which a reader writes an attack.</summary>
    [Fact]
    public void AReadersOwnAttack_IsCalledAsAnyOther()
    {
        var adversarial = new Darken(0.25).Attack(model, x, y);

        Assert.Equal(x.Floats().Select(p => Math.Max(0, p - 0.25f)), adversarial.Floats());
        AssertOneLine(Assert.Throws<ArgumentException>(() => new Crop().Attack(model, x, y)), "Crop", "[9, 1, 8, 4]", "[9, 1, 8, 8]");
    }

    private sealed class Darken(double eps) : AdversarialAttack
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => (x - eps).clamp(Bounds.Min, Bounds.Max);
    }

    private sealed class Crop : AdversarialAttack
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => x.narrow(3, 0, 4);
    }
}
