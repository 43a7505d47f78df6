using static Fgsm.Tensors.torch;
using static Fgsm.Tensors.torch.nn;

namespace Fgsm.Tensors.Tests;

/// <summary>One training step of report B's CNN from seed 42, against PyTorch (cnn_step in tests/golden/make_ops.py).</summary>
public class GoldenTrainingStepTests
{
    public sealed record Parameter(string Name, long[] Shape, double GradientNorm, GoldenTensor Gradient, double Sum, double SumOfSquares);

    public sealed record Step(GoldenTensor X, GoldenTensor Y, GoldenTensor Logits, double Loss, Parameter[] Parameters,
        GoldenTensor EvalLogits, GoldenTensor InputGradient);

    /// <summary>Relative to the largest value; an element of the first Linear sums up 3,136 terms, each rounded.</summary>
    private const double Tolerance = 5e-6;

    [Fact]
    public void TrainingStep_FromSeed42_GivesPyTorchsLogitsGradientsAndWeights()
    {
        using var scope = NewDisposeScope();
        var expected = Golden.Read<Step>("step.json");
        manual_seed(42);
        var model = Networks.ReportB();
        var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
        var (x, y) = (expected.X.ToTensor(), expected.Y.ToTensor());

        manual_seed(123);
        model.train();
        var logits = model.forward(x);
        expected.Logits.AssertEqualTo(logits, "logits", Tolerance);
        var loss = functional.cross_entropy(logits, y);
        Assert.Equal(expected.Loss, loss.item<float>(), 1e-6);

        optimizer.zero_grad();
        loss.backward();
        var parameters = model.named_parameters().ToArray();
        Assert.Equal(expected.Parameters.Select(p => p.Name), parameters.Select(p => p.name));
        foreach (var (p, actual) in expected.Parameters.Zip(parameters, (p, a) => (p, a.parameter)))
        {
            Assert.Equal(p.Shape, actual.shape);
            p.Gradient.AssertEqualTo(actual.grad!, $"gradient of {p.Name}", Tolerance);
            Assert.Equal(p.GradientNorm, Math.Sqrt(actual.grad!.data<float>().Sum(g => (double)g * g)), 1e-5 * p.GradientNorm);
        }

        optimizer.step();
        foreach (var (p, actual) in expected.Parameters.Zip(parameters, (p, a) => (p, a.parameter)))
        {
            Assert.Equal(p.Sum, actual.data<float>().Sum(w => (double)w), 1e-5);
            Assert.Equal(p.SumOfSquares, actual.data<float>().Sum(w => (double)w * w), 1e-6 * p.SumOfSquares);
        }

        model.eval();
        x.requires_grad = true;
        var after = model.forward(x);
        expected.EvalLogits.AssertEqualTo(after, "logits after the step", Tolerance);
        expected.InputGradient.AssertEqualTo(autograd.grad([functional.cross_entropy(after, y)], [x])[0], "input gradient", Tolerance);
    }
}
