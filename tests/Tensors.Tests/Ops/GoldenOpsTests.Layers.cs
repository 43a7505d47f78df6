using System.Text.Json;
using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public partial class GoldenOpsTests
{
    private static readonly Dictionary<string, Op> Layers = new()
    {
        ["batch_norm"] = (x, a) => [nn.functional.batch_norm(
            x[0], null, null, x.Length > 1 ? x[1] : null, x.Length > 1 ? x[2] : null, a.Bool("training"), eps: Eps(a))],
        ["batch_norm_eval"] = (x, a) => [nn.functional.batch_norm(x[0], x[3], x[4], x[1], x[2], a.Bool("training"))],

        ["avg_pool2d"] = (x, a) => [nn.functional.avg_pool2d(x[0], a.Longs("kernel"), LongsOrNull(a, "stride"), a.Longs("padding"),
            a.Bool("ceil"), a.Bool("include"), a["divisor"].ValueKind == JsonValueKind.Null ? null : a.Long("divisor"))],
        ["adaptive_avg_pool2d"] = (x, a) => [nn.functional.adaptive_avg_pool2d(x[0], a.Longs("size"))],
        ["max_pool2d_whole"] = (x, a) => [nn.functional.max_pool2d(x[0], a.Longs("kernel"), LongsOrNull(a, "stride"), a.Longs("padding"),
            a.Longs("dilation"), a.Bool("ceil"))],
        ["conv2d_whole"] = (x, a) => [nn.functional.conv2d(
            x[0], x[1], x[2], a.Longs("stride"), a.Longs("padding"), a.Longs("dilation"), a.Long("groups"))],
        ["conv_transpose2d"] = (x, a) => [nn.functional.conv_transpose2d(
            x[0], x[1], x[2], a.Longs("stride"), a.Longs("padding"), a.Longs("more"), a.Longs("dilation"), a.Long("groups"))],

        ["sigmoid"] = (x, _) => [sigmoid(x[0])],
        ["tanh"] = (x, _) => [tanh(x[0])],
        ["erf"] = (x, _) => [erf(x[0])],
        ["silu"] = (x, _) => [nn.functional.silu(x[0])],
        ["gelu"] = (x, _) => [nn.functional.gelu(x[0])],
        ["gelu_tanh"] = (x, _) => [nn.functional.gelu(x[0], GELU.Approximate.tanh)],
        ["leaky_relu"] = (x, _) => [nn.functional.leaky_relu(x[0], 0.2)],
        ["dropout2d"] = (x, a) =>
        {
            manual_seed(a.Long("seed"));
            return [nn.functional.dropout2d(x[0], a.Double("p"))];
        },
        ["layer_norm"] = (x, a) => [nn.functional.layer_norm(
            x[0], a.Longs("shape"), x.Length > 1 ? x[1] : null, x.Length > 1 ? x[2] : null)],

        ["cross_entropy_whole"] = (x, a) => [nn.functional.cross_entropy(
            x[0], x[1], null, a.Long("ignore"), Reduction(a), a.Double("smoothing"))],
        ["cross_entropy_weighted"] = (x, a) => [nn.functional.cross_entropy(
            x[0], x[1], x[2], a.Long("ignore"), Reduction(a), a.Double("smoothing"))],
        ["nll_loss_weighted"] = (x, a) => [nn.functional.nll_loss(x[0], x[1], x[2], Reduction(a))],
    };

    private static double Eps(Dictionary<string, JsonElement> args) => args.ContainsKey("eps") ? args.Double("eps") : 1e-5;

    private static long[]? LongsOrNull(Dictionary<string, JsonElement> args, string name) =>
        args[name].ValueKind == JsonValueKind.Null ? null : args.Longs(name);
}
