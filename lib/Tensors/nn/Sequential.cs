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
    /// Modules one after the other. Some run as one op, with the same bits: Conv2d and ReLU, with or without a MaxPool2d(2) behind them;
    /// BatchNorm2d and an activation; in evaluation without gradients, Conv2d, BatchNorm2d and an activation.
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
                var length = x.ndim == 4 ? FusedLength(i) : 1;
                // These two need row-major order, which the convolution then writes itself.
                var channelsLast = steps.ElementAtOrDefault(i + length) is not (Flatten or Dropout);
                x = (steps[i], length) switch
                {
                    (Conv2d conv, 3) when steps[i + 1] is ReLU => torch.nn.functional.conv2d_relu_max_pool2d(x, conv, channelsLast),
                    (Conv2d conv, 2) when steps[i + 1] is ReLU => torch.nn.functional.conv2d_relu(x, conv, channelsLast),
                    (Conv2d conv, > 1) => After(
                        new Normalised(x, conv, (BatchNorm2d)steps[i + 1], channelsLast), length == 3 ? i + 2 : null),
                    (BatchNorm2d norm, 2) => After(new Normalised(x, null, norm, channelsLast), i + 1),
                    _ => steps[i].call(x),
                };
                i += length;
                if (previous != input && previous != x)
                    previous.Dispose();
            }
            return x == input ? input.alias_in_graph() : x;
        }

        /// <summary>How many steps from here on run as one op.</summary>
        private int FusedLength(int i)
        {
            var (next, third) = (steps.ElementAtOrDefault(i + 1), steps.ElementAtOrDefault(i + 2));
            return (steps[i], next) switch
            {
                (Conv2d, ReLU) => third is MaxPool2d { IsTwoByTwo: true } ? 3 : 2,
                // A gradient needs the convolution's output, so the ops stay apart.
                (Conv2d conv, BatchNorm2d { training: false, running_mean: not null } norm)
                    when norm.num_features == conv.out_channels && !torch.is_grad_enabled() => third is IActivationModule ? 3 : 2,
                (BatchNorm2d, IActivationModule) => 2,
                _ => 1,
            };
        }

        private torch.Tensor After(Normalised op, int? activation) =>
            activation is { } i ? ((IActivationModule)steps[i]).After(op) : op.With<NoActivation>();

        /// <summary>A batch normalisation of x, or of its convolution in evaluation.</summary>
        private sealed record Normalised(torch.Tensor X, Conv2d? Conv, BatchNorm2d Norm, bool ChannelsLast) : IBeforeActivation
        {
            public torch.Tensor With<TActivation>() where TActivation : struct, IActivation => Conv is null
                ? Norm.forward<TActivation>(X)
                : torch.nn.functional.conv2d_batch_norm<TActivation>(X, Conv, Norm, ChannelsLast);
        }
    }
}
