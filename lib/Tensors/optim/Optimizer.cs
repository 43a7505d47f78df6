using Fgsm.Tensors.Modules;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            private readonly Parameter[] own;

            internal Optimizer(string name, IEnumerable<Parameter> parameters, double learningRate, double weight_decay)
            {
                own = [.. parameters];
                if (own.Length == 0)
                    throw new ArgumentException($"{name}: got no parameters");
                Require(name, "learning rate", learningRate, learningRate >= 0);
                Require(name, "weight_decay", weight_decay, weight_decay >= 0);
                LearningRate = learningRate;
            }

            /// <summary>May be changed between steps.</summary>
            public double LearningRate { get; set; }

            public IEnumerable<Parameter> parameters() => own;

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad()
            {
                foreach (var parameter in own)
                {
                    parameter.grad?.Dispose();
                    parameter.grad = null;
                }
            }

            /// <summary>One step for every parameter that has a gradient.</summary>
            public void step()
            {
                for (var i = 0; i < own.Length; i++)
                {
                    if (own[i].grad is not { } gradient)
                        continue;
                    Update(i, own[i], gradient);
                    own[i].Version++;
                }
            }

            private protected abstract void Update(int index, Tensor parameter, Tensor gradient);

            /// <summary>A zeroed tensor like each parameter, made when first asked for.</summary>
            private protected static Tensor State(Tensor?[] states, int index, Tensor parameter) => states[index] ??= zeros_like(parameter).DetachFromDisposeScope();

            private protected static void Require(string name, string option, double value, bool holds)
            {
                if (!holds)
                    throw new ArgumentOutOfRangeException(option, $"{name}: invalid {option} {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
            }

            private protected abstract IEnumerable<Tensor?> States { get; }

            public void Dispose()
            {
                foreach (var state in States)
                    state?.Dispose();
                GC.SuppressFinalize(this);
            }
        }
    }
}
