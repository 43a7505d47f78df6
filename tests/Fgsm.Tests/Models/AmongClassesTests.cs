using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class AmongClassesTests
{
    [Fact]
    public void ItChoosesAmongTheClassesGiven_AndLeavesTheirLogits()
    {
        var logits = new AmongClasses(Labels(3, 1, 3), 5).call(tensor([9f, 1, 9, 2, 9], [1, 5]));

        Assert.Equal([3L], logits.argmax(1).data<long>().ToArray());
        Assert.Equal([1f, 2f], new[] { logits.Floats()[1], logits.Floats()[3] });
    }

    /// <summary>Algebra: a softmax over the classes given alone.</summary>
    [Fact]
    public void LossAndGradient_AreThoseOfTheClassesGivenAlone()
    {
        var (all, few) = (tensor([9f, 1, 9, 2], [1, 4]).requires_grad_(), tensor([1f, 2], [1, 2]).requires_grad_());

        var loss = nn.functional.cross_entropy(new AmongClasses(Labels(1, 3), 4).call(all), Labels(3));
        var alone = nn.functional.cross_entropy(few, Labels(1));
        loss.backward();
        alone.backward();

        Assert.Equal(alone.item<float>(), loss.item<float>(), 1e-6f);
        Assert.Equal([0, few.grad!.Floats()[0], 0, few.grad!.Floats()[1]], all.grad!.Floats());
    }

    [Fact]
    public void ClassesThatDoNotFit_Throw()
    {
        Assert.Contains("label 4 is not one of the network's 4", Assert.Throws<ArgumentOutOfRangeException>(() => new AmongClasses(Labels(4), 4)).Message);
        Assert.Contains("expected logits of 4 classes, got 3", Assert.Throws<ArgumentException>(() => new AmongClasses(Labels(1), 4).call(zeros(1, 3))).Message);
    }
}
