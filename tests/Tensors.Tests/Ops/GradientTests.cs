using static Fgsm.Tensors.torch;
using F = Fgsm.Tensors.torch.nn.functional;

namespace Fgsm.Tensors.Tests;

/// <summary>Finite differences for the ops and arguments that the golden files do not hold.</summary>
public class GradientTests
{
    private static readonly Dictionary<string, (long[][] Shapes, Func<Tensor[], Tensor> F)> Ops = new()
    {
        ["maximum"] = ([[3, 4], [4]], x => maximum(x[0], x[1])),
        ["minimum"] = ([[3, 1], [3, 4]], x => minimum(x[0], x[1])),
        ["square"] = ([[3, 4]], x => square(x[0])),
        ["the same tensor twice"] = ([[3, 4]], x => x[0] * x[0].exp() + x[0]),
        ["an integer factor"] = ([[3, 4]], x => x[0] * tensor([1L, 2, 3, 4])),
        ["var"] = ([[3, 4]], x => x[0].var()),
        ["std, biased"] = ([[3, 4]], x => x[0].std(unbiased: false)),
        ["1-norm"] = ([[3, 4]], x => x[0].norm(1)),
        ["2-norm"] = ([[3, 4]], x => x[0].norm()),
        ["inf-norm"] = ([[3, 4]], x => x[0].norm(float.PositiveInfinity)),
        ["amax"] = ([[3, 4, 2]], x => x[0].amax(0, 2)),
        ["expand"] = ([[3, 1]], x => x[0].expand(2, 3, 4)),
        ["squeeze, unsqueeze"] = ([[3, 1, 4]], x => x[0].squeeze(1).unsqueeze(-1).unsqueeze(0)),
        ["t"] = ([[3, 4]], x => x[0].t()),
        ["clone"] = ([[3, 4]], x => x[0].clone()),
        ["select"] = ([[3, 4]], x => x[0].select(1, -2)),
        ["narrow"] = ([[3, 4]], x => x[0].narrow(1, 1, 2)),
        ["slice with a step"] = ([[3, 7]], x => x[0].slice(1, 1, 7, 2)),
        ["index with slices"] = ([[4, 3, 5]], x => x[0][1.., TensorIndex.Colon, ..^1]),
        ["index with a mask"] = ([[3, 2]], x => x[0][tensor([true, false, true])]),
        ["masked_select"] = ([[2, 3]], x => x[0].masked_select(tensor([true, false, true, false, false, true], [2, 3]))),
        ["overlapping parts"] = ([[5, 2]], x => x[0].narrow(0, 0, 3) * x[0].narrow(0, 2, 3)),
        ["dropout"] = ([[6, 5]], x => { manual_seed(1); return F.dropout(x[0], 0.3); }),
        ["conv2d, stride and padding differ by dimension"] =
            ([[2, 3, 7, 6], [4, 3, 3, 2], [4]], x => F.conv2d(x[0], x[1], x[2], [2, 1], [0, 1])),
        ["conv2d of one image"] = ([[2, 5, 5], [3, 2, 3, 3]], x => F.conv2d(x[0], x[1])),
        ["max_pool2d with padding"] = ([[1, 2, 6, 7]], x => F.max_pool2d(x[0], 3, 2, 1)),
        ["cross_entropy of a model"] = ([[4, 6], [5, 6], [5]], x => F.cross_entropy(F.linear(x[0], x[1], x[2]), tensor([4L, 0, 2, 2]))),
    };

    public static TheoryData<string> Names => [.. Ops.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Gradient_AgreesWithFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        var (shapes, f) = Ops[name];
        var generator = new Generator(17);
        FiniteDifferences.Check(f, Array.ConvertAll(shapes, shape =>
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            generator.FillUniform(values, -2, 2);
            return tensor(values, shape);
        }));
    }
}
