using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class PointwiseTests
{
    /// <summary>The values of PyTorch's documentation of torch.round, and IEEE 754's roundTiesToEven.</summary>
    [Fact]
    public void Round_TakesTheNearestWholeNumber_AndOfTwoTheEvenOne() => Assert.Equal(
        [5, -2, 9, -8, -0f, 0, 2, 2, -2, 16777216, float.PositiveInfinity, float.NaN],
        round(tensor([4.7f, -2.3f, 9.1f, -7.7f, -0.5f, 0.5f, 1.5f, 2.5f, -2.5f, 16777216, float.PositiveInfinity, float.NaN])).data<float>().ToArray());

    [Fact]
    public void Round_HasTheGradientZero()
    {
        var x = tensor([0.4f, 1.6f], requires_grad: true);

        x.round().sum().backward();

        Assert.Equal([0f, 0], x.grad!.data<float>().ToArray());
    }
}
