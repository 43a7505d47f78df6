using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Compares gradients with what moving each input element by a little does to the output.</summary>
internal static class FiniteDifferences
{
    private const float Step = 2e-3f;

    /// <summary>
    /// Checks the gradient of sum(u * f(inputs)), with a random u, with respect to every float input. An element next to a kink
    /// (the differences to the left and to the right disagree) is left out, but nine of ten must be smooth.
    /// </summary>
    public static void Check(Func<Tensor[], Tensor> f, params Tensor[] inputs)
    {
        inputs = Array.ConvertAll(inputs, x => x.detach().clone().requires_grad_(x.dtype == ScalarType.Float32));
        var output = f(inputs);
        var u = new float[output.NumberOfElements];
        new Generator(99).FillUniform(u, -1, 1);
        var wanted = inputs.Where(x => x.requires_grad).ToList();
        var gradients = autograd.grad([output], wanted, [tensor(u, output.shape)]);

        using var _ = no_grad();
        var (smooth, count) = (0, 0);
        for (var k = 0; k < wanted.Count; k++)
        {
            var (values, gradient) = (wanted[k].data<float>(), gradients[k].data<float>().ToArray());
            Assert.Equal(wanted[k].shape, gradients[k].shape);
            var original = values.ToArray();
            for (var i = 0; i < original.Length; i++)
            {
                var middle = Value();
                var (right, left) = (Moved(i, Step), Moved(i, -Step));
                var (after, before) = ((right - middle) / Step, (middle - left) / Step);
                count++;
                // Curvature makes the two differ by about the step, and rounding by about 1e-6 / step.
                if (Math.Abs(after - before) > 10 * Step * (1 + Math.Abs(after)))
                    continue;
                smooth++;
                var difference = (after + before) / 2;
                Assert.True(Math.Abs(difference - gradient[i]) <= 2e-3 * (1 + Math.Abs(difference)),
                    $"input {k}, element {i}: gradient {gradient[i]:R}, finite difference {difference:R}");
            }

            double Moved(int i, float by)
            {
                wanted[k].data<float>().CopyFrom(original.Select((x, j) => j == i ? x + by : x).ToArray());
                var value = Value();
                wanted[k].data<float>().CopyFrom(original);
                return value;
            }
        }
        Assert.True(smooth >= 0.9 * count, $"only {smooth} of {count} elements lie where the op is smooth");

        double Value()
        {
            using var scope = NewDisposeScope();
            return f(inputs).data<float>().Zip(u, (y, weight) => (double)y * weight).Sum();
        }
    }
}
