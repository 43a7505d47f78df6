namespace Fgsm.Models;

/// <summary>
/// A CNN for 32x32 colour images that learns CIFAR-10 in few epochs: a convolution that whitens, three groups of two convolutions, a
/// linear layer. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498, section 3 and
/// listing 4.
/// </summary>
public static class Airbench
{
    private const int Whitened = 24;

    /// <summary>
    /// The network, normalisation included: <c>[N, 3, 32, 32]</c>, pixels in [0,1], to <c>[N, 10]</c>. Width 64 is the paper's, with
    /// 1,972,792 parameters; width 16 the small one.
    /// </summary>
    /// <param name="images">What the first convolution whitens, <c>[N, 3, H, W]</c>; the paper takes the first 5,000 training images.</param>
    /// <param name="width">Channels of the first group; the other two have four times as many. 6 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The width is below 6: the second group has at least as many channels as the first convolution.
    /// </exception>
    public static Sequential Network(Tensor images, int width = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 6);
        var normalize = new Normalize([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]);
        var whiten = nn.Conv2d(3, Whitened, 2);
        using (no_grad())
        using (NewDisposeScope())
        {
            whiten.weight.copy_(Whitening.Filters(normalize.call(images), 2));
            whiten.bias!.zero_();
        }
        whiten.weight.requires_grad_(false);
        return nn.Sequential(
            ("normalize", normalize), ("whiten", whiten), ("gelu", nn.GELU()),
            ("group1", Group(Whitened, width)), ("group2", Group(width, 4 * width)), ("group3", Group(4 * width, 4 * width)),
            ("pool", nn.MaxPool2d(3)), ("flatten", nn.Flatten()),
            ("fc", nn.Linear(4 * width, 10, hasBias: false)), ("scale", new Scale(1 / 9.0))).to(Compute.Device);
    }

    /// <summary>Two 3x3 convolutions, the first with 2x2 max-pooling, each with batch normalisation without a factor, and GELU.</summary>
    private static Sequential Group(int input, int output) => nn.Sequential(
        ("conv1", FromIdentity(nn.Conv2d(input, output, 3, padding: 1, bias: false))), ("pool", nn.MaxPool2d(2)),
        ("norm1", WithoutFactor(nn.BatchNorm2d(output, eps: 1e-12, momentum: 0.4))), ("gelu1", nn.GELU()),
        ("conv2", FromIdentity(nn.Conv2d(output, output, 3, padding: 1, bias: false))),
        ("norm2", WithoutFactor(nn.BatchNorm2d(output, eps: 1e-12, momentum: 0.4))), ("gelu2", nn.GELU()));

    /// <summary>The first filters begin as the identity: each output channel is one of the input's.</summary>
    private static Conv2d FromIdentity(Conv2d conv)
    {
        using var grad = no_grad();
        var (output, input) = (conv.weight.shape[0], conv.weight.shape[1]);
        for (var i = 0; i < Math.Min(output, input); i++)
        {
            conv.weight[i] = zeros(input, 3, 3);
            conv.weight[i, i, 1, 1] = 1;
        }
        return conv;
    }

    private static BatchNorm2d WithoutFactor(BatchNorm2d norm)
    {
        norm.weight!.requires_grad_(false);
        return norm;
    }

    /// <summary>
    /// The paper's optimiser, Nesterov's momentum with decoupled weight decay, for a mean loss: biases of normalisations learn 64 times as
    /// fast, and decay as slowly as everything else.
    /// </summary>
    /// <param name="rate">Of weights; 1.5 is the paper's 11.5 for batches of 1,024.</param>
    public static optim.Optimizer Optimizer(nn.Module model, double rate = 1.5, double momentum = 0.85, double decay = 0.002)
    {
        const double faster = 64;
        var learned = model.named_parameters().Where(p => p.parameter.requires_grad)
            .ToLookup(p => p.name.Contains("norm"), p => p.parameter);
        return optim.SGD([
            new SGD.ParamGroup(learned[true], rate * faster, momentum, weight_decay: decay / (rate * faster), nesterov: true),
            new SGD.ParamGroup(learned[false], rate, momentum, weight_decay: decay / rate, nesterov: true),
        ], rate, momentum);
    }

    /// <summary>A <see cref="Trainer.Schedule"/> that rises from 0.2 to 1 in 23 % of the steps and falls to 0.07.</summary>
    /// <param name="steps">Of the whole training: batches times epochs.</param>
    public static Func<int, double> Triangle(int steps)
    {
        var peak = 0.23 * steps;
        return step => step < peak ? 0.2 + 0.8 * step / peak : 1 - 0.93 * (step - peak) / (steps - peak);
    }

    /// <summary>
    /// The network with the paper's test-time augmentation (section 3.5): half the mean logits of an image and its mirror image, half those
    /// of the same moved by a pixel to the lower right and to the upper left. It costs six times as much. It is how the paper counts its
    /// 94 %; an attack sees the network itself.
    /// </summary>
    public static nn.Module<Tensor, Tensor> AtTestTime(nn.Module<Tensor, Tensor> model) => new MirroredAndMoved(model);

    private sealed class MirroredAndMoved : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> model;

        public MirroredAndMoved(nn.Module<Tensor, Tensor> model) : base("MirroredAndMoved")
        {
            this.model = model;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var padded = nn.functional.pad(input, [1, 1, 1, 1], PaddingModes.Reflect);
            var (height, width) = (input.shape[2], input.shape[3]);
            Tensor Moved(long by) => Mirrored(padded.narrow(2, by, height).narrow(3, by, width));
            return Mirrored(input) * 0.5 + (Moved(0) + Moved(2)) * 0.25;
        }

        private Tensor Mirrored(Tensor x) => (model.call(x) + model.call(x.flip(3))) * 0.5;
    }

    /// <summary>Makes logits smaller, so that training begins unsure.</summary>
    private sealed class Scale(double factor) : nn.Module<Tensor, Tensor>("Scale")
    {
        public override Tensor forward(Tensor input) => input * factor;
    }
}
