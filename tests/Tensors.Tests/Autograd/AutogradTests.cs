using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>What PyTorch's documentation of autograd promises.</summary>
public class AutogradTests
{
    private static Tensor Leaf(params float[] values) => tensor(values, requires_grad: true);

    private static float[] Values(Tensor? t) => t!.data<float>().ToArray();

    [Fact]
    public void Backward_AddsToGrad()
    {
        var x = Leaf(1, 2);
        (x * 3).sum().backward();
        (x * x).sum().backward();
        Assert.Equal([5, 7], Values(x.grad));
    }

    [Fact]
    public void Backward_ThroughSeveralPaths_AddsThemUp()
    {
        var x = Leaf(2);
        var y = x * x;
        (y * x + y).sum().backward();
        Assert.Equal([16], Values(x.grad));
    }

    [Fact]
    public void Backward_ASecondTime_Throws_UnlessTheGraphIsRetained()
    {
        var x = Leaf(3);
        var y = (x * x).sum();
        y.backward(retain_graph: true);
        y.backward();
        Assert.Equal([12], Values(x.grad));
        Assert.Throws<InvalidOperationException>(y.backward);
    }

    [Fact]
    public void Backward_OfSeveralElements_NeedsAnUpstreamGradient()
    {
        var x = Leaf(1, 2);
        Assert.Throws<InvalidOperationException>(() => (x * 2).backward());
        (x * 2).backward([tensor([10f, 100])]);
        Assert.Equal([20, 200], Values(x.grad));
    }

    [Fact]
    public void Backward_GivesALeafItsOwnMemory()
    {
        var x = Leaf(1, 2);
        var upstream = tensor([1f, 2]);
        x.reshape(2).backward([upstream]);
        x.grad!.mul_(10);
        Assert.Equal([1, 2], Values(upstream));
    }

    [Fact]
    public void Grad_LeavesEveryGradAlone()
    {
        using var model = nn.Linear(3, 2);
        var x = ones(4, 3).requires_grad_();
        var gradient = autograd.grad([model.forward(x).sum()], [x])[0];
        Assert.Equal([4, 3], gradient.shape);
        Assert.Null(x.grad);
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
    }

    [Fact]
    public void Grad_OfAnIntermediateValue_IsThatOfTheRest()
    {
        var x = Leaf(3);
        var y = x * x;
        Assert.Equal([18], Values(autograd.grad([(y * y).sum()], [y])[0]));
    }

    [Fact]
    public void Grad_OfAnUnusedInput_Throws_OrIsNullWhereAllowed()
    {
        var (x, other) = (Leaf(1), Leaf(2));
        var e = Assert.Throws<InvalidOperationException>(() => autograd.grad([(x * 2).sum()], [x, other]));
        Assert.Contains("allow_unused", e.Message);
        Assert.Null(autograd.grad([(x * 2).sum()], [x, other], allow_unused: true)[1]);
    }

    [Fact]
    public void NoGrad_RecordsNothing()
    {
        var x = Leaf(1);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
        }
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void Detach_SharesMemory_ButNotTheGraph()
    {
        var x = Leaf(1, 2);
        var y = x.detach();
        Assert.False(y.requires_grad);
        y.mul_(3);
        Assert.Equal([3, 6], Values(x));
    }

    [Fact]
    public void InPlace_OnALeafThatWantsAGradient_Throws_UnlessGradientsAreOff()
    {
        var x = Leaf(1);
        Assert.Throws<InvalidOperationException>(() => x.add_(1));
        using (no_grad()) x.add_(1);
        Assert.Equal([2], Values(x));
    }

    [Fact]
    public void InPlace_OnAValueThatTheGradientNeeds_ThrowsInBackward()
    {
        var (w, x) = (Leaf(1, 2), tensor([3f, 4]));
        var y = (w * x).sum();
        x.reshape(2).add_(1);
        var e = Assert.Throws<InvalidOperationException>(y.backward);
        Assert.Contains("in place", e.Message);
    }

    [Fact]
    public void Step_BetweenForwardAndBackward_IsNoticed()
    {
        using var layer = nn.Linear(2, 2);
        var optimizer = optim.SGD(layer.parameters(), 0.1);
        var x = ones(1, 2).requires_grad_();
        layer.forward(x).sum().backward();
        var loss = layer.forward(x).sum();
        optimizer.step();
        Assert.Throws<InvalidOperationException>(loss.backward);
    }

    [Fact]
    public void Backward_WorksAfterTheInputsWereDisposed()
    {
        var x = Leaf(2, 3);
        Tensor loss;
        using (NewDisposeScope())
        {
            var y = x * x;
            loss = (y * y).sum().MoveToOuterDisposeScope();
        }
        loss.backward();
        Assert.Equal([32, 108], Values(x.grad));
    }

    [Fact]
    public void DisposeScope_DisposesWhatWasMadeInIt_ButNotWhatWasMovedOut()
    {
        Tensor inside, outside;
        using (NewDisposeScope())
        {
            inside = ones(3);
            outside = (inside + 1).MoveToOuterDisposeScope();
        }
        Assert.Throws<ObjectDisposedException>(() => inside + 1);
        Assert.Equal([2, 2, 2], Values(outside));
    }

    [Fact]
    public void Views_ShareMemory_AndSurviveTheirSource()
    {
        var x = zeros(4, 3);
        var (row, rows, flat) = (x[1], x[1..3], x.flatten());
        row.fill_(7);
        x.Dispose();
        Assert.Equal([7, 7, 7, 0, 0, 0], Values(rows.flatten()));
        Assert.Equal(21, flat.sum().item<float>());
    }

    [Fact]
    public void RequiresGrad_OfIntegers_Throws() =>
        Assert.Throws<InvalidOperationException>(() => tensor([1L, 2]).requires_grad_());

    [Fact]
    public void Parameters_WithoutGradient_AreNotStepped()
    {
        var parameter = new Parameter(tensor([1f]));
        optim.SGD([parameter], 0.1, weight_decay: 1).step();
        Assert.Equal([1], Values(parameter));
    }

    /// <summary>Second derivatives are a clear refusal, not first derivatives that look like constants.</summary>
    [Fact]
    public void CreateGraph_IsRefused_AndLeavesTheGraphUsable()
    {
        var x = tensor(3f).requires_grad_();
        var y = x * x;

        var ofGrad = Assert.Throws<NotSupportedException>(() => autograd.grad([y], [x], create_graph: true));
        var ofBackward = Assert.Throws<NotSupportedException>(() => y.backward(create_graph: true));

        Assert.Equal("autograd.grad: create_graph: true (second derivatives) is not supported by the embedded engine; TorchSharp has them",
            ofGrad.Message);
        Assert.StartsWith("backward: create_graph: true", ofBackward.Message);
        Assert.Null(x.grad);
        Assert.Equal(6, autograd.grad([y], [x])[0].item<float>());
    }
}
