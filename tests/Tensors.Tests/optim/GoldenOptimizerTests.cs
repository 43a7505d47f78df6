using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Five steps of each optimiser with given gradients, against PyTorch (tests/golden/make_ops.py).</summary>
public class GoldenOptimizerTests
{
    public sealed record Case(
        string Op, Dictionary<string, JsonElement> Args, GoldenTensor[] Start, GoldenTensor[][] Gradients, GoldenTensor[][] Trajectory)
    {
        public double Arg(string name, double otherwise) => Args.TryGetValue(name, out var value) ? value.GetDouble() : otherwise;

        public override string ToString() => $"{Op}({string.Join(", ", Args.Select(a => $"{a.Key}: {a.Value}"))})";
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

    private static optim.Optimizer Make(Case c, Modules.Parameter[] parameters) => c.Op == "SGD"
        ? optim.SGD(parameters, c.Arg("lr", double.NaN), c.Arg("momentum", 0), c.Arg("dampening", 0), c.Arg("weight_decay", 0),
            c.Args.ContainsKey("nesterov"))
        : optim.Adam(parameters, c.Arg("lr", 1e-3), Beta(c, 0, 0.9), Beta(c, 1, 0.999), c.Arg("eps", 1e-8), c.Arg("weight_decay", 0));

    private static double Beta(Case c, int which, double otherwise) => c.Args.TryGetValue("betas", out var betas) ? betas[which].GetDouble()
        : otherwise;
}
