namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Adam (Kingma and Ba, 2015, algorithm 1), in PyTorch's form.</summary>
        /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
        public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0) =>
            new([new Adam.ParamGroup(parameters, lr, beta1, beta2, eps, weight_decay)], lr, beta1, beta2, eps, weight_decay);

        /// <inheritdoc cref="Adam(IEnumerable{Parameter}, double, double, double, double, double)"/>
        /// <param name="parameters">What a group leaves null is as the other arguments say.</param>
        public static Adam Adam(IEnumerable<Adam.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay);

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2), in PyTorch's form.</summary>
        /// <param name="weight_decay">Each step first takes lr * weight_decay * p from p. 0 as in TorchSharp; PyTorch has 0.01.</param>
        public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0) =>
            new([new Adam.ParamGroup(parameters, lr, beta1, beta2, eps, weight_decay)], lr, beta1, beta2, eps, weight_decay);

        /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double)"/>
        /// <param name="parameters">What a group leaves null is as the other arguments say.</param>
        public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay);

        /// <summary>Stochastic gradient descent, with PyTorch's momentum: v = momentum * v + g, p -= lr * v.</summary>
        /// <param name="weight_decay">Adds weight_decay * p to the gradient.</param>
        public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false) =>
            new([new SGD.ParamGroup(parameters, learningRate, momentum, dampening, weight_decay, nesterov)],
                learningRate, momentum, dampening, weight_decay, nesterov);

        /// <inheritdoc cref="SGD(IEnumerable{Parameter}, double, double, double, double, bool)"/>
        /// <param name="parameters">What a group leaves null is as the other arguments say.</param>
        public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false) =>
            new(parameters, learningRate, momentum, dampening, weight_decay, nesterov);

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            private readonly OptimizerOptions defaults;
            private readonly List<ParamGroup> groups = [];

            private protected Optimizer(IEnumerable<ParamGroup> groups, OptimizerOptions defaults)
            {
                this.defaults = Complete(defaults, defaults);
                foreach (var group in groups)
                    add_param_group(group);
                if (!parameters().Any())
                    throw new ArgumentException($"{Name}: got no parameters");
            }

            private string Name => GetType().Name;

            public IEnumerable<ParamGroup> ParamGroups => groups;

            /// <summary>The parameters of all groups.</summary>
            public IEnumerable<Parameter> parameters() => groups.SelectMany(group => group.Parameters);

            /// <summary>Adds a group; what its options leave null is as this optimiser was made with.</summary>
            /// <exception cref="ArgumentException">
            /// An option is invalid, the group is another kind of optimiser's, or has a parameter that another group has.
            /// </exception>
            public void add_param_group(ParamGroup param_group)
            {
                if (param_group.Options.GetType() != defaults.GetType())
                    throw new ArgumentException($"{Name}: a {param_group.GetType().DeclaringType!.Name}.ParamGroup does not fit");
                if (param_group.Parameters.Intersect(parameters()).Any())
                    throw new ArgumentException($"{Name}: some parameters appear in more than one parameter group");
                param_group.Options = Complete(param_group.Options, defaults);
                groups.Add(param_group);
            }

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad()
            {
                foreach (var parameter in parameters())
                    parameter.zero_grad();
            }

            /// <summary>One step for every parameter that has a gradient.</summary>
            public void step()
            {
                foreach (var group in groups)
                    foreach (var parameter in group.Parameters)
                    {
                        if (parameter.grad is not { } gradient)
                            continue;
                        // First, for an interrupt may end the update halfway.
                        parameter.Version++;
                        Update(group.Options, parameter, gradient);
                    }
            }

            private protected abstract void Update(OptimizerOptions options, Parameter parameter, Tensor gradient);

            /// <summary>A zeroed tensor like each parameter, made when first asked for.</summary>
            private protected static Tensor State(Dictionary<Parameter, Tensor> states, Parameter parameter)
            {
                if (!states.TryGetValue(parameter, out var state))
                    states[parameter] = state = zeros_like(parameter).DetachFromDisposeScope();
                return state;
            }

            /// <summary>A copy of the options in which nothing is null.</summary>
            /// <exception cref="ArgumentException">One of them is invalid.</exception>
            private protected abstract OptimizerOptions Complete(OptimizerOptions options, OptimizerOptions defaults);

            private protected void Require(string option, double? value, bool holds)
            {
                if (!holds)
                    throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{Name}: invalid {option} {value}"));
            }

            private protected abstract IEnumerable<Tensor> States { get; }

            /// <summary>
            /// The state in PyTorch's layout: <c>state</c>, by the number of each parameter that has been stepped, and
            /// <c>param_groups</c>, each with its options and the numbers of its parameters, which are counted through all groups. The
            /// tensors are the optimiser's own, not copies.
            /// </summary>
            public OrderedDictionary<object, object?> state_dict()
            {
                var (state, saved, number) = (new OrderedDictionary<object, object?>(), new List<object?>(), 0L);
                foreach (var group in groups)
                {
                    var options = WriteOptions(group.Options);
                    if (group.Options.InitialLearningRate is { } initial)
                        options["initial_lr"] = initial;
                    var numbers = new List<object?>();
                    foreach (var parameter in group.Parameters)
                    {
                        if (StateOf(parameter) is { } values)
                            state[number] = values;
                        numbers.Add(number++);
                    }
                    options["params"] = numbers;
                    saved.Add(options);
                }
                return new() { ["state"] = state, ["param_groups"] = saved };
            }

            /// <summary>Takes over a state, options included, that <see cref="state_dict"/> or PyTorch's gave.</summary>
            /// <exception cref="ArgumentException">
            /// It is not the state of such an optimiser of these parameters; this one is then as it was.
            /// </exception>
            public void load_state_dict(OrderedDictionary<object, object?> state_dict)
            {
                var reader = new StateReader(Name);
                OrderedDictionary<object, object?>[] saved =
                    [.. reader.Get<List<object?>>(state_dict, "param_groups").OfType<OrderedDictionary<object, object?>>()];
                if (saved.Length != groups.Count)
                    throw reader.Error("loaded state dict has a different number of parameter groups");
                var numbers = saved.Select(options => reader.Get<List<object?>>(options, "params")).ToList();
                if (!numbers.Select(n => n.Count).SequenceEqual(groups.Select(group => group.Parameters.Count())))
                    throw reader.Error("loaded state dict contains a parameter group that doesn't match the size of optimizer's group");
                var state = reader.Get<OrderedDictionary<object, object?>>(state_dict, "state");
                var apply = new List<Action>();
                foreach (var (group, values) in groups.Zip(saved))
                {
                    var options = ReadOptions(reader, values);
                    options.LearningRate = reader.Number(values, "lr");
                    options.InitialLearningRate = values.ContainsKey("initial_lr") ? reader.Number(values, "initial_lr") : null;
                    options = Complete(options, defaults);
                    apply.Add(() => group.Options = options);
                }
                // PyTorch numbers the parameters; before version 1.5 it named them by their addresses.
                foreach (var (index, (parameter, number)) in parameters().Zip(numbers.SelectMany(n => n)).Index())
                    apply.Add(ReadState(
                        reader, index, parameter, state.GetValueOrDefault(number ?? -1L) as OrderedDictionary<object, object?> ?? []));
                foreach (var action in apply)
                    action();
            }

            private protected abstract OrderedDictionary<object, object?> WriteOptions(OptimizerOptions options);

            /// <summary>The options but the learning rate.</summary>
            private protected abstract OptimizerOptions ReadOptions(StateReader reader, OrderedDictionary<object, object?> group);

            /// <summary>PyTorch's names and tensors for one parameter; null when it has never been stepped.</summary>
            private protected abstract OrderedDictionary<object, object?>? StateOf(Parameter parameter);

            /// <summary>Checks, and returns what then sets the state of one parameter; without values it has never been stepped.</summary>
            private protected abstract Action ReadState(
                StateReader reader, int index, Parameter parameter, OrderedDictionary<object, object?> values);

            /// <summary>Puts a copy of <paramref name="value"/> in a state's place.</summary>
            private protected static void Replace(Dictionary<Parameter, Tensor> states, Parameter parameter, Tensor? value)
            {
                var copy = value?.detach().clone().DetachFromDisposeScope();
                if (states.Remove(parameter, out var old))
                    old.Dispose();
                if (copy is not null)
                    states[parameter] = copy;
            }

            public void Dispose()
            {
                foreach (var state in States)
                    state.Dispose();
                GC.SuppressFinalize(this);
            }
        }
    }
}
