namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Adam (Kingma and Ba, 2015, algorithm 1), in PyTorch's form.</summary>
        /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
        public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay);

        /// <summary>Stochastic gradient descent, with PyTorch's momentum: v = momentum * v + g, p -= lr * v.</summary>
        /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
        public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false) =>
            new(parameters, learningRate, momentum, dampening, weight_decay, nesterov);

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            private readonly Parameter[] own;

            internal Optimizer(string name, IEnumerable<Parameter> parameters, double learningRate, double weight_decay)
            {
                own = [.. parameters];
                if (own.Length == 0)
                    throw new ArgumentException($"{name}: got no parameters");
                RequireOptions(name, learningRate, weight_decay);
                LearningRate = learningRate;
            }

            /// <summary>May be changed between steps.</summary>
            public double LearningRate { get; set; }

            public IEnumerable<Parameter> parameters() => own;

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad()
            {
                foreach (var parameter in own)
                    parameter.zero_grad();
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
            private protected static Tensor State(Tensor?[] states, int index, Tensor parameter) =>
                states[index] ??= zeros_like(parameter).DetachFromDisposeScope();

            private protected static void RequireOptions(string name, double learningRate, double weight_decay)
            {
                Require(name, "learning rate", learningRate, learningRate >= 0);
                Require(name, "weight_decay", weight_decay, weight_decay >= 0);
            }

            private protected static void Require(string name, string option, double value, bool holds)
            {
                if (!holds)
                    throw new ArgumentOutOfRangeException(
                        option, $"{name}: invalid {option} {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
            }

            private protected abstract IEnumerable<Tensor?> States { get; }

            /// <summary>
            /// The state in PyTorch's layout: <c>state</c>, by the number of each parameter that has been stepped, and
            /// <c>param_groups</c>, one group with the options. The tensors are the optimiser's own, not copies.
            /// </summary>
            public OrderedDictionary<object, object?> state_dict()
            {
                var group = Options();
                group["params"] = Enumerable.Range(0, own.Length).Select(i => (object?)(long)i).ToList();
                var state = new OrderedDictionary<object, object?>();
                for (var i = 0; i < own.Length; i++)
                    if (StateOf(i) is { } values)
                        state[(long)i] = values;
                return new() { ["state"] = state, ["param_groups"] = new List<object?> { group } };
            }

            /// <summary>Takes over a state, options included, that <see cref="state_dict"/> or PyTorch's gave.</summary>
            /// <exception cref="ArgumentException">
            /// It is not the state of such an optimiser of these parameters; this one is then as it was.
            /// </exception>
            public void load_state_dict(OrderedDictionary<object, object?> state_dict)
            {
                var reader = new StateReader(GetType().Name);
                var groups = reader.Get<List<object?>>(state_dict, "param_groups");
                if (groups is not [OrderedDictionary<object, object?> group])
                    throw reader.Error("loaded state dict has a different number of parameter groups");
                var numbers = reader.Get<List<object?>>(group, "params");
                if (numbers.Count != own.Length)
                    throw reader.Error("loaded state dict contains a parameter group that doesn't match the size of optimizer's group");
                // PyTorch numbers the parameters; before version 1.5 it named them by their addresses.
                var state = reader.Get<OrderedDictionary<object, object?>>(state_dict, "state");
                var apply = new List<Action> { ReadOptions(reader, group) };
                for (var i = 0; i < own.Length; i++)
                    apply.Add(ReadState(
                        reader, i, own[i], state.GetValueOrDefault(numbers[i] ?? -1L) as OrderedDictionary<object, object?> ?? []));
                foreach (var action in apply)
                    action();
            }

            private protected abstract OrderedDictionary<object, object?> Options();

            /// <summary>PyTorch's names and tensors for one parameter; null when it has never been stepped.</summary>
            private protected abstract OrderedDictionary<object, object?>? StateOf(int index);

            /// <summary>Checks, and returns what then sets the options.</summary>
            private protected abstract Action ReadOptions(StateReader reader, OrderedDictionary<object, object?> group);

            /// <summary>Checks, and returns what then sets the state of one parameter; without values it has never been stepped.</summary>
            private protected abstract Action ReadState(
                StateReader reader, int index, Tensor parameter, OrderedDictionary<object, object?> values);

            /// <summary>Puts a copy of <paramref name="value"/> in a state's place.</summary>
            private protected static void Replace(Tensor?[] states, int index, Tensor? value)
            {
                var old = states[index];
                states[index] = value?.detach().clone().DetachFromDisposeScope();
                old?.Dispose();
            }

            public void Dispose()
            {
                foreach (var state in States)
                    state?.Dispose();
                GC.SuppressFinalize(this);
            }
        }
    }
}
