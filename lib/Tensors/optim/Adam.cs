namespace Fgsm.Tensors.Modules;

/// <summary>See <see cref="torch.optim.Adam(IEnumerable{Parameter}, double, double, double, double, double)"/>.</summary>
public class Adam : torch.optim.Optimizer
{
    /// <summary>PyTorch counts its steps in float32, which has no more whole numbers than these.</summary>
    private const int MaxSteps = 1 << 24;

    private readonly Dictionary<Parameter, torch.Tensor> means = [], squares = [];
    private readonly Dictionary<Parameter, Counter> counters = [];

    internal Adam(IEnumerable<ParamGroup> groups, double lr, double beta1, double beta2, double eps, double weight_decay)
        : base(groups, new ParamGroup([], lr, beta1, beta2, eps, weight_decay).Options)
    {
    }

    /// <inheritdoc/>
    public sealed record Options : OptimizerOptions
    {
        public double? beta1, beta2, eps, weight_decay;
    }

    /// <inheritdoc/>
    public sealed class ParamGroup : Modules.ParamGroup
    {
        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0)
            : base(parameters, new Options
            {
                LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay,
            })
        {
        }

        public new Options Options => (Options)base.Options;

        /// <summary>May be changed between steps.</summary>
        public (double Beta1, double Beta2) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = value;
        }
    }

    /// <summary>The steps of a parameter, and the powers of beta1 and beta2 at the last of them.</summary>
    private sealed class Counter
    {
        public int Steps;
        public Power One, Two;
    }

    /// <summary>
    /// beta^t by repeated multiplication: pow has not the same bits on every platform. It goes on from the last power; for a beta that
    /// has changed it begins again.
    /// </summary>
    private struct Power
    {
        private double beta, value;
        private int steps;

        public double Of(double beta, int steps)
        {
            if (beta != this.beta)
                (this.beta, this.steps, value) = (beta, 0, 1);
            for (; this.steps < steps; this.steps++)
                value *= beta;
            return value;
        }
    }

    /// <summary>Whether weight decay acts on the parameters and not on the gradients.</summary>
    private protected virtual bool Decoupled => false;

    private protected override OptimizerOptions Complete(OptimizerOptions options, OptimizerOptions defaults)
    {
        var (o, d) = ((Options)options, (Options)defaults);
        o = o with
        {
            LearningRate = o.LearningRate ?? d.LearningRate,
            beta1 = o.beta1 ?? d.beta1,
            beta2 = o.beta2 ?? d.beta2,
            eps = o.eps ?? d.eps,
            weight_decay = o.weight_decay ?? d.weight_decay,
        };
        Require("learning rate", o.LearningRate, o.LearningRate >= 0);
        Require("beta1", o.beta1, o.beta1 is >= 0 and < 1);
        Require("beta2", o.beta2, o.beta2 is >= 0 and < 1);
        Require("eps", o.eps, o.eps >= 0);
        Require("weight_decay", o.weight_decay, o.weight_decay >= 0);
        return o;
    }

    private protected override IEnumerable<torch.Tensor> States => means.Values.Concat(squares.Values);

    private protected override OrderedDictionary<object, object?> WriteOptions(OptimizerOptions options)
    {
        var o = (Options)options;
        var written = new OrderedDictionary<object, object?>
        {
            ["lr"] = o.LearningRate,
            ["betas"] = new object?[] { o.beta1, o.beta2 },
            ["eps"] = o.eps,
            ["weight_decay"] = o.weight_decay,
            ["amsgrad"] = false,
            ["maximize"] = false,
            ["foreach"] = null,
            ["capturable"] = false,
            ["differentiable"] = false,
            ["fused"] = false,
        };
        if (Decoupled)
        {
            written.Remove("foreach");
            written.Insert(written.IndexOf("maximize"), "foreach", null);
        }
        return written;
    }

    /// <summary>
    /// Adam and AdamW have the same options and state. They are told apart by a flag (PyTorch 2.6) or by the order of the options (1.12
    /// to 2.5); null where neither is there.
    /// </summary>
    private static bool? IsDecoupled(OrderedDictionary<object, object?> group) => group.GetValueOrDefault("decoupled_weight_decay") as bool?
        ?? ((group.IndexOf("foreach"), group.IndexOf("maximize")) is ( >= 0, >= 0) and var (before, after) ? before < after : null);

    private protected override OptimizerOptions ReadOptions(StateReader reader, OrderedDictionary<object, object?> group)
    {
        if (IsDecoupled(group) == !Decoupled)
            throw reader.Error($"this is the state of {(Decoupled ? "Adam" : "AdamW")}");
        reader.Get<bool>(group, "amsgrad");
        reader.RequireOff(group, "amsgrad");
        reader.RequireOff(group, "maximize");
        if (reader.Get<object?[]>(group, "betas") is not [double beta1, double beta2])
            throw reader.Error("'betas' are not two numbers");
        return new Options
        {
            beta1 = beta1,
            beta2 = beta2,
            eps = reader.Number(group, "eps"),
            weight_decay = reader.Number(group, "weight_decay"),
        };
    }

    private protected override OrderedDictionary<object, object?>? StateOf(Parameter parameter) =>
        counters.TryGetValue(parameter, out var counter)
            ? new() { ["step"] = torch.tensor((float)counter.Steps), ["exp_avg"] = means[parameter], ["exp_avg_sq"] = squares[parameter] }
            : null;

    private protected override Action ReadState(
        StateReader reader, int index, Parameter parameter, OrderedDictionary<object, object?> values)
    {
        var (mean, square) = (reader.Like(parameter, values, "exp_avg"), reader.Like(parameter, values, "exp_avg_sq"));
        // PyTorch before 1.12 counts in a number, later versions in a tensor.
        var steps = values.GetValueOrDefault("step") switch
        {
            null => 0,
            long whole => whole,
            torch.Tensor { NumberOfElements: 1 } tensor => tensor.ToSingle(),
            _ => double.NaN,
        };
        if (steps is not (>= 0 and <= MaxSteps) || steps % 1 != 0 || steps > 0 != mean is not null || mean is null != square is null)
            throw reader.Error($"the state of parameter {index} does not fit together");
        return () =>
        {
            Replace(means, parameter, mean);
            Replace(squares, parameter, square);
            counters.Remove(parameter);
            if (steps > 0)
                counters[parameter] = new() { Steps = (int)steps };
        };
    }

    private protected override unsafe void Update(OptimizerOptions options, Parameter parameter, torch.Tensor gradient)
    {
        var o = (Options)options;
        var (beta1, beta2, weight_decay) = (o.beta1!.Value, o.beta2!.Value, o.weight_decay!.Value);
        var (mean, square) = (State(means, parameter), State(squares, parameter));
        if (!counters.TryGetValue(parameter, out var counter))
            counters[parameter] = counter = new();
        counter.Steps++;
        var rate = o.LearningRate!.Value;
        var step = (float)(rate / (1 - counter.One.Of(beta1, counter.Steps)));
        var scale = (float)Math.Sqrt(1 - counter.Two.Of(beta2, counter.Steps));
        var (decay, keep) = Decoupled ? (0f, (float)(1 - rate * weight_decay)) : ((float)weight_decay, 1f);
        var eps = (float)o.eps!;
        var (old1, new1, old2, new2) = ((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2));
        Threads.Ranges(parameter.Count, Elementwise.Grain, (start, end) =>
        {
            var p = parameter.Floats;
            var g = gradient.Floats;
            var m = mean.Floats;
            var v = square.Floats;
            for (int i = start, next; i < end; i += next)
            {
                next = Elementwise.Step(end - i);
                var x = Elementwise.Load(p + i, next);
                var d = Vector.FusedMultiplyAdd(Vector.Create(decay), x, Elementwise.Load(g + i, next));
                var first = Elementwise.Load(m + i, next) * old1 + d * new1;
                var second = Elementwise.Load(v + i, next) * old2 + d * d * new2;
                Elementwise.Store(first, m + i, next);
                Elementwise.Store(second, v + i, next);
                var divisor = Vector.SquareRoot(second) / Vector.Create(scale) + Vector.Create(eps);
                Elementwise.Store(x * keep - first / divisor * step, p + i, next);
            }
        });
    }
}
