using Fgsm.Tensors.Modules;

namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Modules one after the other, named by their numbers.</summary>
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
                new([.. modules.Select((m, i) => (i.ToString(), m))]);

            /// <summary>Named modules one after the other.</summary>
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>
    /// Modules one after the other. Conv2d and ReLU, with or without a MaxPool2d(2) behind them, run as one op, with the same bits.
    /// </summary>
    public class Sequential : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly List<torch.nn.Module<torch.Tensor, torch.Tensor>> steps = [];

        protected internal Sequential(params (string name, torch.nn.Module<torch.Tensor, torch.Tensor> submodule)[] modules)
            : base("Sequential")
        {
            foreach (var (name, module) in modules)
                append(name, module);
        }

        public Sequential append(string name, torch.nn.Module<torch.Tensor, torch.Tensor> module)
        {
            register_module(name, module);
            steps.Add(module);
            return this;
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            var x = input;
            for (var i = 0; i < steps.Count;)
            {
                var previous = x;
                if (x.ndim == 4 && Fused(i) is { } fused)
                {
                    i += fused.Length;
                    var channelsLast = i == steps.Count || steps[i] is not Flatten;
                    x = fused.Length == 3 ? torch.nn.functional.conv2d_relu_max_pool2d(x, fused.Conv, channelsLast)
                        : torch.nn.functional.conv2d_relu(x, fused.Conv, channelsLast);
                }
                else
                {
                    x = steps[i++].call(x);
                }
                if (previous != input && previous != x)
                    previous.Dispose();
            }
            return x == input ? input.alias_in_graph() : x;
        }

        /// <summary>The steps from here on that run as one op, if they do.</summary>
        private (Conv2d Conv, int Length)? Fused(int i) =>
            i + 1 < steps.Count && steps[i] is Conv2d conv && steps[i + 1] is ReLU
                ? (conv, i + 2 < steps.Count && steps[i + 2] is MaxPool2d { IsTwoByTwo: true } ? 3 : 2) : null;
    }
}
