using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class DiagnosticsTests
{
    private static double Std(IReadOnlyCollection<double> values) => Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Count - 1));

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public void Of_GivesWhatTheFormulasSay(int count, bool targeted)
    {
        var model = TinyModels.SmallCnn();
        var (x, y, attack) = (rand(count, 1, 8, 8), RandomLabels(count, 10), new FGSM(8 / 255.0, targeted));

        var actual = Diagnostics.Of(model, attack, x, y);

        var gradient = Array.ConvertAll(LossGradient.Of(model, x, y).Gradient.Floats(), g => (double)g);
        var change = Array.ConvertAll(gradient, g => Math.Sign(g) * 8 / 255.0 * (targeted ? -1 : 1));
        Assert.Equal(gradient.Min(), actual.GradientMin);
        Assert.Equal(gradient.Max(), actual.GradientMax);
        Assert.Equal(Std(gradient), actual.GradientStd, 1e-5 * gradient.Max());
        Assert.Equal(gradient.LongCount(g => g != 0), actual.NonZero);
        Assert.Equal(64 * count, actual.Elements);
        Assert.Equal(8f / 255, actual.LInfinity);
        Assert.Equal(change.Average(), actual.Mean, 1e-8);
        Assert.Equal(Std(change), actual.Std, 1e-7);
        Assert.Equal(attack.Attack(model, x, y).Floats().Zip(x.Floats(), (a, b) => Math.Abs(a - b)).Max(), actual.MaxPixelDifference);
    }

    [Fact]
    public void Of_PixelsThatCannotMove_AreInTheChangeAndNotInTheDifference()
    {
        // The gradient is positive everywhere, and every pixel is white already.
        var model = TinyModels.Linear([0, 0, 0, 0], [1, 2, 3, 4]);

        var actual = Diagnostics.Of(model, new FGSM(0.25), ones(1, 1, 2, 2), Labels(0));

        Assert.Equal((0.25, 0.25, 0.0, 0.0), (actual.LInfinity, actual.Mean, actual.Std, actual.MaxPixelDifference));
    }

    [Fact]
    public void Of_AnyAttack_MeasuresTheChangeOfItsImages()
    {
        var model = TinyModels.SmallCnn();
        var (x, y, attack) = (rand(3, 1, 8, 8), RandomLabels(3, 10), new PGD(0.1, 0.03, 5) { Seed = 1 });

        var actual = Diagnostics.Of(model, attack, x, y);

        var change = (attack.Attack(model, x, y) - x).Floats().Select(c => (double)c).ToArray();
        Assert.Equal(change.Max(Math.Abs), actual.LInfinity);
        Assert.Equal(actual.LInfinity, actual.MaxPixelDifference);
        Assert.Equal(change.Average(), actual.Mean, 1e-7);
        Assert.Equal(Std(change), actual.Std, 1e-6);
        Assert.Equal(Diagnostics.Of(model, new FGSM(0.1), x, y).GradientStd, actual.GradientStd);
    }

    [Fact]
    public void Of_CountsPixelsWithoutGradient()
    {
        var actual = Diagnostics.Of(TinyModels.Linear([0, 0, 0, 0], [1, 0, -2, 0]), new FGSM(0.25), full([1, 1, 2, 2], 0.5), Labels(0));

        Assert.Equal((2, 4), (actual.NonZero, actual.Elements));
        Assert.Equal((0.25, 0.0, 0.25), (actual.LInfinity, actual.Mean, actual.MaxPixelDifference));
        Assert.True(actual.GradientMin < 0 && actual.GradientMax > 0);
    }

    /// <summary>What report B prints for one test image holds for any of its CNNs: eps = 8/255 = 0.031373.</summary>
    [MnistFact]
    public void Of_AMnistDigitUnderReportBsAttack_KeepsTheReportsInvariants()
    {
        var (x, y) = TensorSet.From(DataSet.Mnist().Test.Take(1));
        manual_seed(42);
        using var model = Cnn.ReportB();

        var actual = Diagnostics.Of(model, new FGSM(8 / 255.0), x, y);

        Assert.Equal("0.031373", FormattableString.Invariant($"{actual.LInfinity:F6}"));
        Assert.Equal("0.031373", FormattableString.Invariant($"{actual.MaxPixelDifference:F6}"));
        Assert.Equal(784, actual.Elements);
        Assert.Equal(784, actual.NonZero);
        // With all changes +eps or -eps, mean^2 + variance is eps^2: 0.002321 and 0.031307 in the report.
        Assert.Equal(Math.Pow(8 / 255.0, 2), Math.Pow(actual.Mean, 2) + Math.Pow(actual.Std, 2) * 783 / 784, 1e-8);
    }

    [Fact]
    public void Of_WrongInput_Throws()
    {
        var (model, attack) = (TinyModels.SmallCnn(), new FGSM(0.1));

        AssertOneLine(Assert.Throws<ArgumentException>(() => Diagnostics.Of(model, attack, rand(2, 1, 8, 8), Labels(0))), "expected", "[1]");
        AssertOneLine(Assert.Throws<ArgumentException>(() => Diagnostics.Of(model, attack, full([1, 1, 8, 8], 2f), Labels(0))), "bounds");
    }
}
