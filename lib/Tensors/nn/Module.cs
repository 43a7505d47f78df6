using System.Reflection;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A part of a model: parameters, buffers and modules by name, in the order in which they were registered.</summary>
        public abstract class Module : IDisposable
        {
            private readonly string name;
            private readonly List<(string Name, Parameter Parameter)> ownParameters = [];
            private readonly List<(string Name, Tensor Buffer, bool Persistent)> ownBuffers = [];
            private readonly List<(string Name, Module Module)> ownModules = [];
            private bool disposed;

            protected Module(string name) => this.name = name;

            public string GetName() => name;

            /// <summary>Whether dropout and the like are on; see <see cref="train"/> and <see cref="eval"/>.</summary>
            public bool training { get; private set; } = true;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in ownModules)
                    module.train(train);
            }

            public void eval() => train(false);

            public void register_parameter(string name, Parameter parameter)
            {
                RequireFree(name);
                ownParameters.Add((name, parameter));
            }

            /// <summary>
            /// A tensor that belongs to the module's state and is not learned, such as a running mean. The module disposes it.
            /// </summary>
            /// <param name="persistent">Whether it is in <see cref="state_dict"/>.</param>
            public void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                RequireFree(name);
                ownBuffers.Add((name, tensor.DetachFromDisposeScope(), persistent));
            }

            public void register_module(string name, Module module)
            {
                RequireFree(name);
                ownModules.Add((name, module));
            }

            public void add_module(string name, Module module) => register_module(name, module);

            private void RequireFree(string name)
            {
                if (name.Length == 0 || name.Contains('.') || ownParameters.Any(p => p.Name == name) || ownBuffers.Any(b => b.Name == name)
                    || ownModules.Any(m => m.Name == name))
                    throw new ArgumentException(
                        $"{GetName()}: '{name}' cannot be registered: names are unique, not empty and without dots");
            }

            /// <summary>
            /// Registers every field of this module that is a module, under the field's name; PyTorch does so on assignment.
            /// Call it at the end of the constructor.
            /// </summary>
            protected void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    if (field.GetValue(this) is Module module && !ownModules.Any(m => m.Module == module))
                        register_module(field.Name, module);
                    else if (field.GetValue(this) is Parameter parameter && !ownParameters.Any(p => p.Parameter == parameter))
                        register_parameter(field.Name, parameter);
                }
            }

            public IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var own = ownParameters.AsEnumerable();
                return recurse ? own.Concat(
                    ownModules.SelectMany(m => m.Module.named_parameters().Select(p => ($"{m.Name}.{p.name}", p.parameter)))) : own;
            }

            public IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = ownBuffers.Where(b => b.Persistent || include_nonpersistent).Select(b => (b.Name, b.Buffer));
                return recurse ? own.Concat(ownModules.SelectMany(m => m.Module.named_buffers(true, include_nonpersistent)
                    .Select(b => ($"{m.Name}.{b.name}", b.buffer)))) : own;
            }

            public IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(b => b.name == target).buffer;

            public IEnumerable<(string name, Module module)> named_children() => ownModules;
            public IEnumerable<Module> children() => ownModules.Select(m => m.Module);
            public IEnumerable<(string name, Module module)> named_modules() => ownModules.SelectMany(
                m => m.Module.named_modules().Select(n => ($"{m.Name}.{n.name}", n.module)).Prepend((m.Name, m.Module)));
            public IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(p => p.name == target).parameter;

            /// <summary>
            /// Parameters and persistent buffers by name, in PyTorch's order: each module's own before its parts'. The tensors are the
            /// module's own, not copies.
            /// </summary>
            public Dictionary<string, Tensor> state_dict() => State().ToDictionary(s => s.Name, s => s.Tensor);

            private IEnumerable<(string Name, Tensor Tensor)> State() =>
                ownParameters.Select(p => (p.Name, (Tensor)p.Parameter))
                    .Concat(ownBuffers.Where(b => b.Persistent).Select(b => (b.Name, b.Buffer)))
                    .Concat(ownModules.SelectMany(m => m.Module.State().Select(s => ($"{m.Name}.{s.Name}", s.Tensor))));

            /// <summary>Copies values into the parameters and buffers of these names, from any type.</summary>
            /// <param name="strict">Throw when a name is missing or unknown.</param>
            /// <returns>The names that <paramref name="source"/> lacks and those that this module does not have.</returns>
            /// <exception cref="ArgumentException">
            /// Names differ and <paramref name="strict"/>, or a shape differs: nothing is copied then.
            /// </exception>
            public (IList<string> missing_keys, IList<string> unexpected_keys) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true)
            {
                var own = state_dict();
                var missing = own.Keys.Where(k => !source.ContainsKey(k)).ToList();
                var unexpected = source.Keys.Where(k => !own.ContainsKey(k)).ToList();
                // PyTorch's own words, but on one line.
                var errors = new List<string>();
                if (strict && missing.Count > 0)
                    errors.Add($"Missing key(s) in state_dict: {List(missing)}.");
                if (strict && unexpected.Count > 0)
                    errors.Add($"Unexpected key(s) in state_dict: {List(unexpected)}.");
                foreach (var (key, tensor) in own)
                    if (source.TryGetValue(key, out var value) && !value.Sizes.SequenceEqual(tensor.Sizes))
                        errors.Add(
                            $"size mismatch for {key}: copying a param with shape torch.Size({Shape.Text(value.Sizes)}) from checkpoint, "
                            + $"the shape in current model is torch.Size({Shape.Text(tensor.Sizes)}).");
                if (errors.Count > 0)
                    throw new ArgumentException($"Error(s) in loading state_dict for {name}: {string.Join(" ", errors)}");
                using var _ = no_grad();
                using var scope = NewDisposeScope();
                // All conversions come before the first copy: what throws leaves the module as it was.
                var converted = own.Where(p => source.ContainsKey(p.Key))
                    .Select(p => (p.Value, source[p.Key].detach().to_type(p.Value.dtype))).ToList();
                foreach (var (tensor, value) in converted)
                    tensor.copy_(value);
                return (missing, unexpected);

                static string List(List<string> keys) => string.Join(", ", keys.Select(k => $"\"{k}\""));
            }

            public void zero_grad()
            {
                foreach (var parameter in parameters())
                    parameter.zero_grad();
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposed || !disposing)
                    return;
                disposed = true;
                foreach (var (_, parameter) in ownParameters)
                {
                    parameter.grad?.Dispose();
                    parameter.Dispose();
                }
                foreach (var (_, buffer, _) in ownBuffers)
                    buffer.Dispose();
                foreach (var (_, module) in ownModules)
                    module.Dispose();
            }
        }

        public interface IModule<T, TResult>
        {
            TResult call(T input);
        }

        /// <summary>A module that computes one result from one input.</summary>
        public abstract class Module<T, TResult>(string name) : Module(name), IModule<T, TResult>
        {
            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        /// <summary>A module that computes one result from two inputs, such as a loss.</summary>
        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }
    }
}

public static class ModuleExtensionMethods
{
    /// <exception cref="NotSupportedException">The device is not the CPU.</exception>
    public static T to<T>(this T module, torch.Device device) where T : torch.nn.Module
    {
        torch.Device.RequireCpu("to", device.type);
        return module;
    }
}
