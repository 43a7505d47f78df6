namespace Fgsm.Tensors.Modules;

/// <summary>See <see cref="torch.optim.SGD(IEnumerable{Parameter}, double, double, double, double, bool)"/>.</summary>
public sealed class SGD : torch.optim.Optimizer
{
    private readonly Dictionary<Parameter, torch.Tensor> velocities = [];

    internal SGD(
        IEnumerable<ParamGroup> groups, double learningRate, double momentum, double dampening, double weight_decay, bool nesterov)
        : base(groups, new ParamGroup([], learningRate, momentum, dampening, weight_decay, nesterov).Options)
    {
    }

    /// <inheritdoc/>
    public sealed record Options : OptimizerOptions
    {
        public double? momentum, dampening, weight_decay;
        public bool? nesterov;
    }

    /// <inheritdoc/>
    public sealed class ParamGroup : Modules.ParamGroup
    {
        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false)
            : base(parameters, new Options
            {
                LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov,
            })
        {
        }

        public new Options Options => (Options)base.Options;

        /// <summary>May be changed between steps.</summary>
        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }

    private protected override OptimizerOptions Complete(OptimizerOptions options, OptimizerOptions defaults)
    {
        var (o, d) = ((Options)options, (Options)defaults);
        o = o with
        {
            LearningRate = o.LearningRate ?? d.LearningRate,
            momentum = o.momentum ?? d.momentum,
            dampening = o.dampening ?? d.dampening,
            weight_decay = o.weight_decay ?? d.weight_decay,
            nesterov = o.nesterov ?? d.nesterov,
        };
        Require("learning rate", o.LearningRate, o.LearningRate >= 0);
        Require("momentum", o.momentum, o.momentum >= 0);
        Require("weight_decay", o.weight_decay, o.weight_decay >= 0);
        if (o.nesterov == true && (o.momentum <= 0 || o.dampening != 0))
            throw new ArgumentException("SGD: nesterov requires a momentum and no dampening");
        return o;
    }

    private protected override IEnumerable<torch.Tensor> States => velocities.Values;

    private protected override OrderedDictionary<object, object?> WriteOptions(OptimizerOptions options)
    {
        var o = (Options)options;
        return new()
        {
            ["lr"] = o.LearningRate,
            ["momentum"] = o.momentum,
            ["dampening"] = o.dampening,
            ["weight_decay"] = o.weight_decay,
            ["nesterov"] = o.nesterov,
            ["maximize"] = false,
            ["foreach"] = null,
            ["differentiable"] = false,
        };
    }

    private protected override OptimizerOptions ReadOptions(StateReader reader, OrderedDictionary<object, object?> group)
    {
        reader.RequireOff(group, "maximize");
        return new Options
        {
            momentum = reader.Number(group, "momentum"),
            dampening = reader.Number(group, "dampening"),
            weight_decay = reader.Number(group, "weight_decay"),
            nesterov = reader.Get<bool>(group, "nesterov"),
        };
    }

    private protected override OrderedDictionary<object, object?>? StateOf(Parameter parameter) =>
        velocities.TryGetValue(parameter, out var velocity) ? new() { ["momentum_buffer"] = velocity } : null;

    private protected override Action ReadState(
        StateReader reader, int index, Parameter parameter, OrderedDictionary<object, object?> values)
    {
        var velocity = reader.Like(parameter, values, "momentum_buffer");
        return () => Replace(velocities, parameter, velocity);
    }

    private protected override unsafe void Update(OptimizerOptions options, Parameter parameter, torch.Tensor gradient)
    {
        var o = (Options)options;
        var first = !velocities.ContainsKey(parameter);
        var velocity = o.momentum == 0 ? null : State(velocities, parameter);
        var (rate, fresh) = ((float)o.LearningRate!, first ? 1 : 1 - (float)o.dampening!);
        var (momentum, decay, nesterov) = ((float)o.momentum!, (float)o.weight_decay!, o.nesterov == true);
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
