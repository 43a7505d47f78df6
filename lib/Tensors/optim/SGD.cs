namespace Fgsm.Tensors.Modules;

/// <summary>See <see cref="torch.optim.SGD"/>.</summary>
public sealed class SGD : torch.optim.Optimizer
{
    private double momentum, dampening, weight_decay;
    private bool nesterov;
    private readonly torch.Tensor?[] velocities;

    internal SGD(
        IEnumerable<Parameter> parameters, double learningRate, double momentum, double dampening, double weight_decay, bool nesterov)
        : base("SGD", parameters, learningRate, weight_decay)
    {
        RequireOptions(momentum, dampening, nesterov);
        (this.momentum, this.dampening, this.weight_decay, this.nesterov) = (momentum, dampening, weight_decay, nesterov);
        velocities = new torch.Tensor?[this.parameters().Count()];
    }

    private static void RequireOptions(double momentum, double dampening, bool nesterov)
    {
        Require("SGD", "momentum", momentum, momentum >= 0);
        if (nesterov && (momentum <= 0 || dampening != 0))
            throw new ArgumentException("SGD: nesterov requires a momentum and no dampening");
    }

    private protected override IEnumerable<torch.Tensor?> States => velocities;

    private protected override OrderedDictionary<object, object?> Options() => new()
    {
        ["lr"] = LearningRate,
        ["momentum"] = momentum,
        ["dampening"] = dampening,
        ["weight_decay"] = weight_decay,
        ["nesterov"] = nesterov,
        ["maximize"] = false,
        ["foreach"] = null,
        ["differentiable"] = false,
    };

    private protected override Action ReadOptions(StateReader reader, OrderedDictionary<object, object?> group)
    {
        var (rate, momentum, dampening, decay) = (reader.Number(group, "lr"), reader.Number(group, "momentum"),
            reader.Number(group, "dampening"), reader.Number(group, "weight_decay"));
        var nesterov = reader.Get<bool>(group, "nesterov");
        reader.RequireOff(group, "maximize");
        RequireOptions("SGD", rate, decay);
        RequireOptions(momentum, dampening, nesterov);
        return () =>
            (LearningRate, this.momentum, this.dampening, weight_decay, this.nesterov) = (rate, momentum, dampening, decay, nesterov);
    }

    private protected override OrderedDictionary<object, object?>? StateOf(int index) => velocities[index] is { } velocity
        ? new() { ["momentum_buffer"] = velocity } : null;

    private protected override Action ReadState(
        StateReader reader, int index, torch.Tensor parameter, OrderedDictionary<object, object?> values)
    {
        var velocity = reader.Like(parameter, values, "momentum_buffer");
        return () => Replace(velocities, index, velocity);
    }

    private protected override unsafe void Update(int index, torch.Tensor parameter, torch.Tensor gradient)
    {
        var first = velocities[index] is null;
        var velocity = this.momentum == 0 ? null : State(velocities, index, parameter);
        var (rate, fresh) = ((float)LearningRate, first ? 1 : 1 - (float)dampening);
        var (momentum, decay, nesterov) = ((float)this.momentum, (float)weight_decay, this.nesterov);
        Threads.Ranges(parameter.Count, Elementwise.Grain, (start, end) =>
        {
            var p = parameter.Floats;
            var g = gradient.Floats;
            var v = velocity is null ? null : velocity.Floats;
            for (int i = start, step; i < end; i += step)
            {
                step = Elementwise.Step(end - i);
                var x = Elementwise.Load(p + i, step);
                var d = Vector.FusedMultiplyAdd(Vector.Create(decay), x, Elementwise.Load(g + i, step));
                if (v != null)
                {
                    var u = Elementwise.Load(v + i, step) * momentum + d * fresh;
                    Elementwise.Store(u, v + i, step);
                    d = nesterov ? d + u * momentum : u;
                }
                Elementwise.Store(x - d * rate, p + i, step);
            }
        });
    }
}
