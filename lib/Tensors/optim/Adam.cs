using System.Numerics;
using Fgsm.Tensors.Modules;

namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam (Kingma and Ba, 2015, algorithm 1), in PyTorch's form.</summary>
            /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.optim.Adam"/>.</summary>
    public sealed class Adam : torch.optim.Optimizer
    {
        private readonly double beta1, beta2;
        private readonly float eps, decay;
        private readonly torch.Tensor?[] means, squares;
        private readonly (double One, double Two)[] powers;

        internal Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weight_decay) : base("Adam", parameters, lr, weight_decay)
        {
            Require("Adam", "beta1", beta1, beta1 is >= 0 and < 1);
            Require("Adam", "beta2", beta2, beta2 is >= 0 and < 1);
            Require("Adam", "eps", eps, eps >= 0);
            (this.beta1, this.beta2, this.eps, decay) = (beta1, beta2, (float)eps, (float)weight_decay);
            var count = this.parameters().Count();
            (means, squares) = (new torch.Tensor?[count], new torch.Tensor?[count]);
            powers = new (double, double)[count];
            Array.Fill(powers, (1, 1));
        }

        private protected override IEnumerable<torch.Tensor?> States => means.Concat(squares);

        private protected override unsafe void Update(int index, torch.Tensor parameter, torch.Tensor gradient)
        {
            var (mean, square) = (State(means, index, parameter), State(squares, index, parameter));
            // beta^t by repeated multiplication: pow has not the same bits on every platform.
            ref var power = ref powers[index];
            power = (power.One * beta1, power.Two * beta2);
            var step = (float)(LearningRate / (1 - power.One));
            var scale = (float)Math.Sqrt(1 - power.Two);
            var (old1, new1, old2, new2) = ((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2));
            Threads.Ranges(parameter.Count, Elementwise.Grain, (start, end) =>
            {
                var p = parameter.Floats;
                var g = gradient.Floats;
                var m = mean.Floats;
                var v = square.Floats;
                var i = start;
                for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                {
                    var x = Vector.Load(p + i);
                    var d = Vector.FusedMultiplyAdd(Vector.Create(decay), x, Vector.Load(g + i));
                    var first = Vector.Load(m + i) * old1 + d * new1;
                    var second = Vector.Load(v + i) * old2 + d * d * new2;
                    first.Store(m + i);
                    second.Store(v + i);
                    (x - first / (Vector.SquareRoot(second) / Vector.Create(scale) + Vector.Create(eps)) * step).Store(p + i);
                }
                for (; i < end; i++)
                {
                    var d = MathF.FusedMultiplyAdd(decay, p[i], g[i]);
                    m[i] = m[i] * old1 + d * new1;
                    v[i] = v[i] * old2 + d * d * new2;
                    p[i] -= m[i] / (MathF.Sqrt(v[i]) / scale + eps) * step;
                }
            });
        }
    }
}
