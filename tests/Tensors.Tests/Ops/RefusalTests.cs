using static Fgsm.Tensors.torch;
using F = Fgsm.Tensors.torch.nn.functional;

namespace Fgsm.Tensors.Tests;

/// <summary>What PyTorch refuses is refused at the call, with the op and the shapes or types in the message.</summary>
public class RefusalTests
{
    private static readonly Dictionary<string, (Action Call, string[] Named)> Calls = new()
    {
        ["add of shapes that do not broadcast"] = (() => _ = ones(2, 3) + ones(2), ["add", "[2, 3]", "[2]"]),
        ["in-place result of another shape"] = (() => ones(3).add_(ones(2, 3)), ["add_", "[3]", "[2, 3]"]),
        ["in-place float into integers"] = (() => tensor([1L]).add_(0.5), ["add_", "int64", "float32"]),
        ["conv2d with other channels"] = (() => F.conv2d(ones(1, 2, 5, 5), ones(3, 1, 3, 3)), ["conv2d", "[1, 2, 5, 5]", "[3, 1, 3, 3]"]),
        ["conv2d with a kernel that does not fit"] =
            (() => F.conv2d(ones(1, 1, 2, 2), ones(3, 1, 3, 3)), ["conv2d", "3x3", "[1, 1, 2, 2]"]),
        ["conv2d with a bias of another length"] = (() => F.conv2d(ones(1, 1, 5, 5), ones(3, 1, 3, 3), ones(2)), ["conv2d", "[2]"]),
        ["conv2d of integers"] = (() => F.conv2d(ones([1, 1, 5, 5], ScalarType.Int64), ones(3, 1, 3, 3)), ["conv2d", "int64"]),
        ["max_pool2d with a window that does not fit"] = (() => F.max_pool2d(ones(1, 1, 2, 2), 3), ["max_pool2d", "[1, 1, 2, 2]"]),
        ["max_pool2d with too much padding"] = (() => F.max_pool2d(ones(1, 1, 4, 4), 2, padding: 2), ["max_pool2d", "(2, 2)"]),
        ["avg_pool2d divided by 0"] = (() => F.avg_pool2d(ones(1, 1, 4, 4), 2, divisor_override: 0), ["avg_pool2d", "divisor_override"]),
        ["adaptive_avg_pool2d to nothing"] = (() => F.adaptive_avg_pool2d(ones(1, 1, 4, 4), 0), ["adaptive_avg_pool2d", "[1, 1, 4, 4]"]),
        ["conv2d in groups that do not divide"] =
            (() => F.conv2d(ones(1, 3, 5, 5), ones(4, 1, 3, 3), groups: 2), ["conv2d", "[1, 3, 5, 5]", "C / 2"]),
        ["Conv2d in groups that do not divide"] = (() => nn.Conv2d(3, 4, 3, groups: 2), ["Conv2d", "3", "4", "2 groups"]),
        ["conv2d with a dilated kernel that does not fit"] =
            (() => F.conv2d(ones(1, 1, 4, 4), ones(3, 1, 3, 3), dilation: [2]), ["conv2d", "3x3", "dilation (2, 2)", "[1, 1, 4, 4]"]),
        ["conv_transpose2d with other channels"] =
            (() => F.conv_transpose2d(ones(1, 2, 5, 5), ones(3, 1, 3, 3)), ["conv_transpose2d", "[1, 2, 5, 5]", "[3, 1, 3, 3]"]),
        ["conv_transpose2d with too much output padding"] =
            (() => F.conv_transpose2d(ones(1, 3, 5, 5), ones(3, 1, 3, 3), output_padding: [1]), ["conv_transpose2d", "output_padding"]),
        ["batch_norm of other channels"] = (() => F.batch_norm(ones(2, 3), ones(4), ones(4)), ["batch_norm", "running_mean", "[4]", "[3]"]),
        ["batch_norm of one value"] = (() => F.batch_norm(ones(1, 3), null, null, training: true), ["batch_norm", "[1, 3]"]),
        ["batch_norm without statistics"] = (() => F.batch_norm(ones(2, 3), null, null), ["batch_norm", "running_mean"]),
        ["layer_norm of other sizes"] = (() => F.layer_norm(ones(2, 3), [2]), ["layer_norm", "[2, 3]", "[2]"]),
        ["dropout2d with p below 0"] = (() => F.dropout2d(ones(2, 3), -0.5), ["dropout2d", "-0.5"]),
        ["gelu of integers"] = (() => tensor([1L]).gelu(), ["gelu", "int64"]),
        ["cross_entropy with weights of other classes"] =
            (() => F.cross_entropy(ones(2, 3), tensor([0L, 1]), ones(2)), ["cross_entropy", "[2]", "[3]"]),
        ["cross_entropy with smoothing over 1"] =
            (() => F.cross_entropy(ones(2, 3), tensor([0L, 1]), label_smoothing: 1.5), ["cross_entropy", "label_smoothing", "1.5"]),
        ["matmul of sizes that do not fit"] = (() => matmul(ones(2, 3), ones(2, 3)), ["matmul", "[2, 3]"]),
        ["matmul of a number"] = (() => matmul(tensor(1f), ones(2, 3)), ["matmul", "[]"]),
        ["linear with other features"] = (() => F.linear(ones(2, 3), ones(4, 2)), ["linear", "[2, 3]", "[4, 2]"]),
        ["cat of other widths"] = (() => cat([ones(2, 3), ones(2, 2)]), ["cat", "[2, 3]", "[2, 2]"]),
        ["stack of other shapes"] = (() => stack([ones(2, 3), ones(3, 2)]), ["stack", "[2, 3]", "[3, 2]"]),
        ["reshape to another count"] = (() => ones(2, 3).reshape(4, 2), ["reshape", "[4, 2]", "[2, 3]"]),
        ["reshape to a count that does not divide"] = (() => ones(2, 3).reshape(4, -1), ["reshape", "[4, -1]", "[2, 3]"]),
        ["an index out of range"] = (() => _ = ones(2, 3)[2], ["2", "[2, 3]"]),
        ["too many indices"] = (() => _ = ones(2)[0, 0], ["[2]"]),
        ["index_select out of range"] = (() => ones(2, 3).index_select(1, tensor([3L])), ["index_select", "3", "[2, 3]"]),
        ["index_select with floats"] = (() => ones(2, 3).index_select(1, ones(1)), ["index_select", "float32"]),
        ["gather out of range"] = (() => ones(2, 3).gather(1, tensor([3L, 0], [2, 1])), ["gather", "3", "[2, 3]"]),
        ["where without a truth value"] = (() => where(ones(2), ones(2), ones(2)), ["where", "float32"]),
        ["cross_entropy with a label that is no class"] = (() => F.cross_entropy(ones(2, 3), tensor([0L, 3])), ["cross_entropy", "3"]),
        ["cross_entropy with a negative label"] = (() => F.cross_entropy(ones(2, 3), tensor([0L, -1])), ["cross_entropy", "-1"]),
        ["cross_entropy with too few labels"] = (() => F.cross_entropy(ones(2, 3), tensor([0L])), ["cross_entropy", "[2, 3]", "[1]"]),
        ["cross_entropy with float labels"] = (() => F.cross_entropy(ones(2, 3), ones(2)), ["cross_entropy", "float32"]),
        ["mean of integers"] = (() => tensor([1L, 2]).mean(), ["mean", "int64"]),
        ["argmax of nothing"] = (() => ones(0).argmax(), ["argmax", "[0]"]),
        ["max of nothing"] = (() => ones(0).max(), ["max", "[0]"]),
        ["topk of more than there are"] = (() => ones(2, 3).topk(4), ["topk", "4", "[2, 3]"]),
        ["a dimension out of range"] = (() => ones(2, 3).sum(2), ["sum", "2"]),
        ["a dimension twice"] = (() => ones(2, 3).sum([0, -2]), ["sum", "0"]),
        ["permute with a dimension twice"] = (() => ones(2, 3).permute(0, 0), ["permute", "[2, 3]"]),
        ["pow of integers"] = (() => tensor([1L, 2]).pow(2), ["pow", "int64"]),
        ["bmm of other batches"] = (() => bmm(ones(2, 3, 4), ones(3, 4, 5)), ["bmm", "[2, 3, 4]", "[3, 4, 5]"]),
        ["repeat with too few numbers"] = (() => ones(2, 3).repeat(2), ["repeat", "[2, 3]", "[2]"]),
        ["flip of a dimension twice"] = (() => ones(2, 3).flip(0, 0), ["flip", "0"]),
        ["pad with an odd count"] = (() => F.pad(ones(2, 3), [1]), ["pad", "[1]"]),
        ["pad that mirrors more than there is"] = (() => F.pad(ones(2, 3), [3, 0], PaddingModes.Reflect), ["pad", "3", "[2, 3]"]),
        ["pad that cuts off more than there is"] = (() => F.pad(ones(2, 3), [-2, -2]), ["pad", "-2", "[2, 3]"]),
        ["one_hot of a class that is none"] = (() => F.one_hot(tensor([0L, 3]), 3), ["one_hot", "3"]),
        ["one_hot of floats"] = (() => F.one_hot(ones(2)), ["one_hot", "float32"]),
        ["clamp without bounds"] = (() => ones(2).clamp(), ["clamp"]),
        ["dropout with p over 1"] = (() => F.dropout(ones(2), 1.5), ["dropout", "1.5"]),
        ["item of several elements"] = (() => ones(2).item<float>(), ["item", "[2]"]),
        ["item of another type"] = (() => ones(1).item<long>(), ["item", "float32"]),
        ["values that do not fill the shape"] = (() => tensor([1f, 2], [3]), ["tensor", "[3]"]),
        ["a negative size"] = (() => zeros(2, -1), ["-1"]),
        ["expand of a size that is not 1"] = (() => ones(2, 3).expand(4, 3), ["expand", "[2, 3]", "[4, 3]"]),
        ["uniform_ from high to low"] = (() => ones(2).uniform_(1, 0), ["uniform_"]),
        ["SGD with a negative rate"] = (() => optim.SGD(nn.Linear(1, 1).parameters(), -1), ["SGD", "-1"]),
        ["AdamW with a negative weight_decay"] =
            (() => optim.AdamW(nn.Linear(1, 1).parameters(), weight_decay: -1), ["AdamW", "weight_decay", "-1"]),
        ["a group with a negative momentum"] = (() => Sgd(out _).add_param_group(
            new Modules.SGD.ParamGroup(nn.Linear(1, 1).parameters(), momentum: -1)), ["SGD", "momentum", "-1"]),
        ["a parameter in two groups"] = (() => Sgd(out var layer).add_param_group(
            new Modules.SGD.ParamGroup(layer.parameters().Take(1))), ["SGD", "more than one parameter group"]),
        ["a group of another optimiser's"] = (() => Sgd(out _).add_param_group(
            new Modules.Adam.ParamGroup(nn.Linear(1, 1).parameters())), ["SGD", "Adam.ParamGroup"]),
        ["groups without parameters"] = (() => optim.Adam([new Modules.Adam.ParamGroup([])]), ["Adam", "no parameters"]),
        ["StepLR of every 0 epochs"] = (() => optim.lr_scheduler.StepLR(Sgd(out _), 0), ["StepLR", "step_size", "0"]),
        ["CosineAnnealingLR of no epochs"] =
            (() => optim.lr_scheduler.CosineAnnealingLR(Sgd(out _), 0), ["CosineAnnealingLR", "T_max", "0"]),
        ["OneCycleLR without steps"] = (() => optim.lr_scheduler.OneCycleLR(Sgd(out _), 1), ["OneCycleLR", "total_steps", "epochs"]),
        ["OneCycleLR of -3 steps"] = (() => optim.lr_scheduler.OneCycleLR(Sgd(out _), 1, -3), ["OneCycleLR", "total_steps", "-3"]),
        ["OneCycleLR that goes up for longer than it is"] =
            (() => optim.lr_scheduler.OneCycleLR(Sgd(out _), 1, 10, pct_start: 1.5), ["OneCycleLR", "pct_start", "1.5"]),
        ["OneCycleLR with rates of two groups for one"] =
            (() => optim.lr_scheduler.OneCycleLR(Sgd(out _), [1.0, 2.0], 10), ["OneCycleLR", "2 values of max_lr", "1 parameter group"]),
        ["SGD with nesterov but no momentum"] = (() => optim.SGD(nn.Linear(1, 1).parameters(), 1, nesterov: true), ["SGD", "nesterov"]),
    };

    private static Modules.SGD Sgd(out nn.Module layer)
    {
        layer = nn.Linear(2, 2);
        return optim.SGD(layer.parameters(), 1);
    }

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Call_IsRefused_InOneLineThatNamesTheOpAndTheShapes(string name)
    {
        var (call, named) = Calls[name];
        var e = Assert.ThrowsAny<Exception>(call);
        Assert.True(e is ArgumentException or InvalidOperationException, e.ToString());
        Assert.All(named, part => Assert.Contains(part, e.Message));
        Assert.DoesNotContain('\n', e.Message);
    }
}
