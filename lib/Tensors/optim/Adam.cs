namespace Fgsm.Tensors.Modules;

/// <summary>See <see cref="torch.optim.Adam"/>.</summary>
public sealed class Adam : torch.optim.Optimizer
{
    /// <summary>PyTorch counts its steps in float32, which has no more whole numbers than these.</summary>
    private const int MaxSteps = 1 << 24;

    private double beta1, beta2, eps, weight_decay;
    private readonly torch.Tensor?[] means, squares;
    private readonly (int Steps, double One, double Two)[] powers;

    internal Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weight_decay)
        : base("Adam", parameters, lr, weight_decay)
    {
        RequireOptions(beta1, beta2, eps);
        (this.beta1, this.beta2, this.eps, this.weight_decay) = (beta1, beta2, eps, weight_decay);
        var count = this.parameters().Count();
        (means, squares) = (new torch.Tensor?[count], new torch.Tensor?[count]);
        powers = new (int, double, double)[count];
        Array.Fill(powers, (0, 1, 1));
    }

    private static void RequireOptions(double beta1, double beta2, double eps)
    {
        Require("Adam", "beta1", beta1, beta1 is >= 0 and < 1);
        Require("Adam", "beta2", beta2, beta2 is >= 0 and < 1);
        Require("Adam", "eps", eps, eps >= 0);
    }

    private protected override IEnumerable<torch.Tensor?> States => means.Concat(squares);

    private protected override OrderedDictionary<object, object?> Options() => new()
    {
        ["lr"] = LearningRate,
        ["betas"] = new object?[] { beta1, beta2 },
        ["eps"] = eps,
        ["weight_decay"] = weight_decay,
        ["amsgrad"] = false,
        ["maximize"] = false,
        ["foreach"] = null,
        ["capturable"] = false,
        ["differentiable"] = false,
        ["fused"] = false,
    };

    private protected override Action ReadOptions(StateReader reader, OrderedDictionary<object, object?> group)
    {
        // AdamW has Adam's options and state. It is told by its flag (PyTorch 2.6) or by the order of its options (1.12 to 2.5).
        if (group.GetValueOrDefault("decoupled_weight_decay") is true || group.IndexOf("foreach") is >= 0 and var at
            && at < group.IndexOf("maximize"))
            throw reader.Error("this is the state of AdamW");
        reader.Get<bool>(group, "amsgrad");
        var (rate, eps, decay) = (reader.Number(group, "lr"), reader.Number(group, "eps"), reader.Number(group, "weight_decay"));
        if (reader.Get<object?[]>(group, "betas") is not [double beta1, double beta2])
            throw reader.Error("'betas' are not two numbers");
        reader.RequireOff(group, "amsgrad");
        reader.RequireOff(group, "maximize");
        RequireOptions("Adam", rate, decay);
        RequireOptions(beta1, beta2, eps);
        return () => (LearningRate, this.beta1, this.beta2, this.eps, weight_decay) = (rate, beta1, beta2, eps, decay);
    }

    private protected override OrderedDictionary<object, object?>? StateOf(int index) => powers[index].Steps == 0
        ? null
        : new() { ["step"] = torch.tensor((float)powers[index].Steps), ["exp_avg"] = means[index], ["exp_avg_sq"] = squares[index] };

    private protected override Action ReadState(
        StateReader reader, int index, torch.Tensor parameter, OrderedDictionary<object, object?> values)
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
            Replace(means, index, mean);
            Replace(squares, index, square);
            powers[index] = (0, 1, 1);
            for (var i = 0; i < steps; i++)
                Advance(index);
        };
    }

    /// <summary>Counts a step. beta^t comes by repeated multiplication: pow has not the same bits on every platform.</summary>
    private (int Steps, double One, double Two) Advance(int index)
    {
        ref var power = ref powers[index];
        return power = (power.Steps + 1, power.One * beta1, power.Two * beta2);
    }

    private protected override unsafe void Update(int index, torch.Tensor parameter, torch.Tensor gradient)
    {
        var (mean, square) = (State(means, index, parameter), State(squares, index, parameter));
        var power = Advance(index);
        var step = (float)(LearningRate / (1 - power.One));
        var scale = (float)Math.Sqrt(1 - power.Two);
        var (decay, eps) = ((float)weight_decay, (float)this.eps);
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
                Elementwise.Store(x - first / divisor * step, p + i, next);
            }
        });
    }
}
