using System.Numerics;
using Fgsm.Tensors.Modules;

namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Stochastic gradient descent, with PyTorch's momentum: v = momentum * v + g, p -= lr * v.</summary>
            /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.optim.SGD"/>.</summary>
    public sealed class SGD : torch.optim.Optimizer
    {
        private readonly float momentum, dampening, decay;
        private readonly bool nesterov;
        private readonly torch.Tensor?[] velocities;

        internal SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum, double dampening, double weight_decay, bool nesterov)
            : base("SGD", parameters, learningRate, weight_decay)
        {
            Require("SGD", "momentum", momentum, momentum >= 0);
            if (nesterov && (momentum <= 0 || dampening != 0))
                throw new ArgumentException("SGD: nesterov requires a momentum and no dampening");
            (this.momentum, this.dampening, decay, this.nesterov) = ((float)momentum, (float)dampening, (float)weight_decay, nesterov);
            velocities = new torch.Tensor?[this.parameters().Count()];
        }

        private protected override IEnumerable<torch.Tensor?> States => velocities;

        private protected override unsafe void Update(int index, torch.Tensor parameter, torch.Tensor gradient)
        {
            var first = velocities[index] is null;
            var velocity = momentum == 0 ? null : State(velocities, index, parameter);
            var (rate, fresh) = ((float)LearningRate, first ? 1 : 1 - dampening);
            Threads.Ranges(parameter.Count, Elementwise.Grain, (start, end) =>
            {
                var p = parameter.Floats;
                var g = gradient.Floats;
                var v = velocity is null ? null : velocity.Floats;
                var i = start;
                for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                {
                    var x = Vector.Load(p + i);
                    var d = Vector.FusedMultiplyAdd(Vector.Create(decay), x, Vector.Load(g + i));
                    if (v != null)
                    {
                        var u = Vector.Load(v + i) * momentum + d * fresh;
                        u.Store(v + i);
                        d = nesterov ? d + u * momentum : u;
                    }
                    (x - d * rate).Store(p + i);
                }
                for (; i < end; i++)
                {
                    var d = MathF.FusedMultiplyAdd(decay, p[i], g[i]);
                    if (v != null)
                    {
                        v[i] = v[i] * momentum + d * fresh;
                        d = nesterov ? d + v[i] * momentum : v[i];
                    }
                    p[i] -= d * rate;
                }
            });
        }
    }
}
