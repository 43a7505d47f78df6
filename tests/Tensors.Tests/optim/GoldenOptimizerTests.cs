using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Five steps of each optimiser with given gradients, against PyTorch (tests/golden/make_ops.py).</summary>
public class GoldenOptimizerTests
{
    public sealed record Case(string Op, Dictionary<string, JsonElement> Args, Dictionary<string, JsonElement>[]? Groups,
        GoldenTensor[] Start, GoldenTensor[][] Gradients, GoldenTensor[][] Trajectory)
    {
        public override string ToString() => $"{Op}({Text(Args)}){string.Concat((Groups ?? []).Select(g => $", group({Text(g)})"))}";

        private static string Text(Dictionary<string, JsonElement> args) => string.Join(", ", args.Select(a => $"{a.Key}: {a.Value}"));
    }

    public static TheoryData<Case> Cases => [.. Golden.Read<Case[]>("optim.json")];

    [Theory, MemberData(nameof(Cases))]
    public void Step_FollowsPyTorchsTrajectory(Case c)
    {
        var parameters = c.Start.Select(s => new Modules.Parameter(s.ToTensor())).ToArray();
        var optimizer = Make(c, parameters);
        for (var step = 0; step < c.Trajectory.Length; step++)
        {
            for (var i = 0; i < parameters.Length; i++) parameters[i].grad = c.Gradients[step][i].ToTensor();
            optimizer.step();
            for (var i = 0; i < parameters.Length; i++)
                c.Trajectory[step][i].AssertEqualTo(parameters[i], $"parameter {i} after step {step + 1}", tolerance: 1e-6);
        }
    }

    /// <summary>Where there are no groups, the options go through the other overload.</summary>
    private static optim.Optimizer Make(Case c, Modules.Parameter[] parameters)
    {
        if (c.Op == "SGD")
        {
            var o = SgdOptions(c.Args);
            var (lr, momentum, dampening, decay) = (o.LearningRate!.Value, o.momentum ?? 0, o.dampening ?? 0, o.weight_decay ?? 0);
            return c.Groups is null ? optim.SGD(parameters, lr, momentum, dampening, decay, o.nesterov ?? false)
                : optim.SGD(parameters.Zip(c.Groups, (p, g) => new Modules.SGD.ParamGroup([p], SgdOptions(g))), lr, momentum, dampening,
                    decay, o.nesterov ?? false);
        }
        var a = AdamOptions(c.Args);
        var (rate, beta1, beta2, eps, weight_decay) =
            (a.LearningRate ?? 1e-3, a.beta1 ?? 0.9, a.beta2 ?? 0.999, a.eps ?? 1e-8, a.weight_decay ?? 0);
        var groups = c.Groups is null ? null : parameters.Zip(c.Groups, (p, g) => new Modules.Adam.ParamGroup([p], AdamOptions(g)));
        return (c.Op, groups) switch
        {
            ("Adam", null) => optim.Adam(parameters, rate, beta1, beta2, eps, weight_decay),
            ("Adam", _) => optim.Adam(groups, rate, beta1, beta2, eps, weight_decay),
            (_, null) => optim.AdamW(parameters, rate, beta1, beta2, eps, weight_decay),
            _ => optim.AdamW(groups, rate, beta1, beta2, eps, weight_decay),
        };
    }

    private static Modules.SGD.Options SgdOptions(Dictionary<string, JsonElement> args) => new()
    {
        LearningRate = Number(args, "lr"),
        momentum = Number(args, "momentum"),
        dampening = Number(args, "dampening"),
        weight_decay = Number(args, "weight_decay"),
        nesterov = args.TryGetValue("nesterov", out var on) ? on.GetBoolean() : null,
    };

    private static Modules.Adam.Options AdamOptions(Dictionary<string, JsonElement> args) => new()
    {
        LearningRate = Number(args, "lr"),
        beta1 = args.TryGetValue("betas", out var betas) ? betas[0].GetDouble() : null,
        beta2 = args.ContainsKey("betas") ? betas[1].GetDouble() : null,
        eps = Number(args, "eps"),
        weight_decay = Number(args, "weight_decay"),
    };

    private static double? Number(Dictionary<string, JsonElement> args, string name) =>
        args.TryGetValue(name, out var value) ? value.GetDouble() : null;
}
