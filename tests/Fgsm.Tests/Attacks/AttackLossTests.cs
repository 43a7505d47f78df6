using Fgsm.Attacks;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class AttackLossTests
{
    private static readonly Tensor Logits = tensor([4f, 1, 2, -1, 0.5f, 3, 0, 2.5f], [2, 4]);

    /// <summary>By hand: the label of the first image is the largest logit, that of the second the smallest.</summary>
    [Fact]
    public void Margin_IsTheLeadOfTheBestOtherClass() =>
        Assert.Equal([-2f, 3], AttackLosses.Margin(Logits, Labels(0, 2)).Floats());

    /// <summary>By hand: -2 / (4 - 1), and 3 / (3 - 0.5).</summary>
    [Fact]
    public void Dlr_DividesTheMarginByTheLeadOverTheThird() =>
        Assert.Equal([-0.66667f, 1.2f], AttackLosses.Dlr(Logits, Labels(0, 2)).Floats().Select(v => MathF.Round(v, 5)));

    /// <summary>By hand: (2 - 4) / (4 - (1 - 1) / 2), and (2.5 - 0) / (3 - (0.5 + 0) / 2).</summary>
    [Fact]
    public void TargetedDlr_IsTheLeadOfTheTarget_Divided() =>
        Assert.Equal([-0.5f, 0.90909f], AttackLosses.TargetedDlr(Labels(2, 3))(Logits, Labels(0, 2)).Floats().Select(v => MathF.Round(v, 5)));

    [Fact]
    public void Dlr_DoesNotChangeWithTheScaleOfTheLogits()
    {
        manual_seed(1);
        var (logits, y) = (randn(10, 10), RandomLabels(10, 10));

        Assert.All(AttackLosses.Dlr(logits, y).Floats().Zip(AttackLosses.Dlr(logits * 1000, y).Floats()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public void Losses_OfTooFewClasses_AreRefusedInOneLine()
    {
        AssertOneLine(Assert.Throws<ArgumentException>(() => AttackLosses.Dlr(zeros(1, 2), Labels(0))), "DLR", "3 classes", "2");
        AssertOneLine(Assert.Throws<ArgumentException>(() => AttackLosses.TargetedDlr(Labels(1))(zeros(1, 3), Labels(0))), "DLR", "4 classes", "3");
    }
}
