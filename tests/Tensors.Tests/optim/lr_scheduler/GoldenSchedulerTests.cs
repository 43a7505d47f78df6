using System.Text.Json;
using static Fgsm.Tensors.torch;
using static Fgsm.Tensors.torch.optim.lr_scheduler.impl.OneCycleLR;

namespace Fgsm.Tensors.Tests;

/// <summary>Learning rates and momenta of two groups in 12 steps, against PyTorch (tests/golden/make_ops.py).</summary>
public class GoldenSchedulerTests
{
    public sealed record Case(string Op, Dictionary<string, JsonElement> Args, string Optimiser, Dictionary<string, double> Options,
        double[][] Lrs, double[][] Momenta)
    {
        public override string ToString() => $"{Op}({string.Join(", ", Args.Select(a => $"{a.Key}: {a.Value}"))}) of {Optimiser}";

        public double Number(string name, double otherwise) => Args.TryGetValue(name, out var value) ? value.GetDouble() : otherwise;

        public int Count(string name) => (int)Number(name, -1);

        public bool On(string name, bool otherwise = false) => Args.TryGetValue(name, out var value) ? value.GetBoolean() : otherwise;

        public double[]? Numbers(string name) => Args.TryGetValue(name, out var value) ? value.Deserialize<double[]>() : null;
    }

    public static TheoryData<Case> Cases => [.. Golden.Read<Case[]>("schedulers.json")];

    [Theory, MemberData(nameof(Cases))]
    public void Step_FollowsPyTorchsSchedule(Case c)
    {
        var optimizer = MakeOptimizer(c);
        var scheduler = Make(c, optimizer, -1);
        for (var step = 0; step < c.Lrs.Length; step++)
        {
            if (step > 0)
                scheduler.step();
            AssertClose(c.Lrs[step], [.. scheduler.get_last_lr()], $"learning rates after step {step}");
            AssertClose(c.Lrs[step], [.. optimizer.ParamGroups.Select(g => g.LearningRate)], $"the groups' after step {step}");
            AssertClose(c.Momenta[step], [.. optimizer.ParamGroups.Select(Momentum)], $"momenta after step {step}");
        }
    }

    /// <summary>A training that was kept after its sixth step goes on in a new process.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void LastEpoch_WithAnOptimisersStateThatWasLoaded_GoesOnWithPyTorchsSchedule(Case c)
    {
        var (first, second) = (MakeOptimizer(c), MakeOptimizer(c));
        var kept = Make(c, first, -1);
        for (var step = 0; step < 5; step++)
            kept.step();
        second.load_state_dict(first.state_dict());

        var scheduler = Make(c, second, 5);

        AssertClose(c.Lrs[6], [.. scheduler.get_last_lr()], "learning rates after step 6");
        scheduler.step();
        AssertClose(c.Lrs[7], [.. scheduler.get_last_lr()], "learning rates after step 7");
        AssertClose(c.Momenta[7], [.. second.ParamGroups.Select(Momentum)], "momenta after step 7");
    }

    private static optim.Optimizer MakeOptimizer(Case c)
    {
        var (one, two, lr) = (new Modules.Parameter(zeros(1)), new Modules.Parameter(zeros(1)), c.Options["lr"]);
        Modules.Adam.ParamGroup[] groups =
            [new([one], new Modules.Adam.Options()), new([two], new Modules.Adam.Options { LearningRate = 0.02 })];
        return c.Optimiser switch
        {
            "SGD" => optim.SGD(
                [new Modules.SGD.ParamGroup([one], new Modules.SGD.Options()),
                    new Modules.SGD.ParamGroup([two], new Modules.SGD.Options { LearningRate = 0.02 })],
                lr, momentum: c.Options["momentum"]),
            "Adam" => optim.Adam(groups, lr),
            _ => optim.AdamW(groups, lr),
        };
    }

    private static optim.lr_scheduler.LRScheduler Make(Case c, optim.Optimizer optimizer, int last_epoch)
    {
        var strategy = c.Args.ContainsKey("anneal_strategy") ? AnnealStrategy.Linear : AnnealStrategy.Cos;
        var (share, cycle) = (c.Number("pct_start", 0.3), c.On("cycle_momentum", true));
        return c.Op switch
        {
            "StepLR" => optim.lr_scheduler.StepLR(optimizer, c.Count("step_size"), c.Number("gamma", 0.1), last_epoch),
            "LambdaLR" => optim.lr_scheduler.LambdaLR(optimizer, epoch => 1.0 / (1 + epoch), last_epoch),
            "CosineAnnealingLR" =>
                optim.lr_scheduler.CosineAnnealingLR(optimizer, c.Number("T_max", double.NaN), c.Number("eta_min", 0), last_epoch),
            _ when c.Args["max_lr"].ValueKind == JsonValueKind.Array => optim.lr_scheduler.OneCycleLR(optimizer, c.Numbers("max_lr")!,
                c.Count("total_steps"), base_momentum: c.Numbers("base_momentum"), max_momentum: c.Numbers("max_momentum"),
                last_epoch: last_epoch),
            _ => optim.lr_scheduler.OneCycleLR(optimizer, c.Number("max_lr", double.NaN), c.Count("total_steps"), c.Count("epochs"),
                c.Count("steps_per_epoch"), share, strategy, cycle, c.Number("base_momentum", 0.85), c.Number("max_momentum", 0.95),
                c.Number("div_factor", 25), c.Number("final_div_factor", 1e4), c.On("three_phase"), last_epoch),
        };
    }

    private static double Momentum(Modules.ParamGroup group) =>
        group is Modules.SGD.ParamGroup sgd ? sgd.Momentum : ((Modules.Adam.ParamGroup)group).Betas.Beta1;

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-12 * Math.Abs(expected[i]) + 1e-16,
                $"{what}: group {i} has {actual[i]:R}, PyTorch has {expected[i]:R}");
    }
}
