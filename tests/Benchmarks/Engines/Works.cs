using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Training;

// One source, compiled against each engine: Benchmarks has the embedded one, Benchmarks.TorchSharp libtorch.
#if TORCHSHARP
namespace Fgsm.Benchmarks.OnLibtorch;
#else
namespace Fgsm.Benchmarks.OnEmbedded;
#endif

/// <summary>
/// What is measured. A method makes a fresh network and n random images, and returns the work to do again and again. Random images
/// have fewer zeros behind ReLU than digits have, and the embedded engine leaves zeros out of some products.
/// </summary>
public static class Works
{
    private static readonly double[] Eps = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];

    /// <summary>Report B's CNN, one step of SGD with momentum on a batch of n.</summary>
    public static Action Training(int n) => Training(ReportB(), Sgd, Images(n));

    /// <summary>The same where the second half of the batch is FGSM examples.</summary>
    public static Action AdversarialTraining(int n) => Training(ReportB(), Sgd, Images(n), new AdversarialExamples(new FGSM(8 / 255.0)));

    /// <summary>Report E's CNN, one step of Adam on a batch of n.</summary>
    public static Action ReportETraining(int n)
    {
        manual_seed(42);
        return Training(Cnn.ReportE(), parameters => optim.Adam(parameters, 1e-3), Images(n));
    }

    /// <summary>Logits of n images.</summary>
    public static Action Forward(int n) => Forward(ReportB(), Images(n).Images);

    /// <summary>Adversarial images of n images.</summary>
    public static Action Attack(int n) => Attack(ReportB(), Images(n));

    /// <summary>airbench's network for CIFAR-10 at full width, one step of its optimiser on a batch of n.</summary>
    public static Action CifarTraining(int n)
    {
        var data = Images(n, 3, 32);
        var model = Airbench.Network(data.Images);
        return Training(model, _ => Airbench.Optimizer(model, rate: 0.01), data);
    }

    /// <summary>Logits of n images by the same.</summary>
    public static Action CifarForward(int n)
    {
        var images = Images(n, 3, 32).Images;
        return Forward(Airbench.Network(images), images);
    }

    /// <summary>ResNet-18, one step of SGD with momentum on a batch of n.</summary>
    public static Action ResNetTraining(int n) => Training(new ResNet18(classes: 10, small: true), Sgd, Images(n, 3, 32));

    /// <summary>Logits of n images by SqueezeNet.</summary>
    public static Action SqueezeNetForward(int n) => Forward(new SqueezeNet(), Images(n, 3, 227).Images);

    /// <summary>Adversarial images of n images for SqueezeNet.</summary>
    public static Action SqueezeNetAttack(int n) => Attack(new SqueezeNet(), Images(n, 3, 227));

    /// <summary>Batch normalisation of 64 channels in training, forward and backward.</summary>
    public static Action BatchNormTraining(int n) => ForwardAndBackward(nn.BatchNorm2d(64), n);

    /// <summary>The same in evaluation, forward only.</summary>
    public static Action BatchNormForward(int n) => Forward(nn.BatchNorm2d(64), rand(n, 64, 32, 32));

    public static Action Gelu(int n) => ForwardAndBackward(nn.GELU(), n);
    public static Action Silu(int n) => ForwardAndBackward(nn.SiLU(), n);
    public static Action AdaptivePool(int n) => ForwardAndBackward(nn.AdaptiveAvgPool2d(1), n);
    public static Action Depthwise(int n) => ForwardAndBackward(nn.Conv2d(64, 64, 3, padding: 1, groups: 64), n);

    /// <summary>The library's sweep in batches of n: one gradient an image serves every eps.</summary>
    public static Action Sweep(int images, int n)
    {
        var (model, data) = (ReportB(), Images(images));
        return InBatches(data, n, batch => EpsSweep.Run(model, batch, Eps));
    }

    /// <summary>The sweep as PyTorch's tutorial writes it: an attack for every eps.</summary>
    public static Action SweepByHand(int images, int n)
    {
        var (model, data) = (ReportB(), Images(images));
        return InBatches(data, n, batch =>
        {
            Predictions.Of(model, batch);
            foreach (var eps in Eps)
                Predictions.Under(new FGSM(eps), model, batch);
        });
    }

    /// <summary>Forty steps of PGD on images in batches of n.</summary>
    public static Action Pgd(int images, int n) => Robustness(images, n, new PGD(8 / 255.0, alpha: 1 / 255.0, steps: 40) { Seed = 42 });

    /// <summary>
    /// AutoAttack, with the official numbers or with a tenth of the steps, two targets and a fiftieth of the queries.
    /// </summary>
    public static Action AutoAttack(int images, int n, bool official) => Robustness(
        images, n, official ? new AutoAttack(8 / 255.0) { Seed = 42 } : new AutoAttack(8 / 255.0, steps: 10, targets: 2, queries: 100) { Seed = 42 });

    /// <summary>
    /// An attack's work depends on what it cannot turn, so that it meets a network that has learned something: digits that are drawn, an
    /// epoch.
    /// </summary>
    private static Action Robustness(int images, int n, AdversarialAttack attack)
    {
        var (digits, model) = (SyntheticDigits.Draw(trainCount: 10_000, testCount: images), ReportB());
        new Trainer(model, Sgd(model.parameters())).Fit(TensorSet.From(digits.Train), 1);
        var test = TensorSet.From(digits.Test);
        return () => AttackSuite.Run(model, test, [attack], n);
    }

    /// <summary>Report B as a whole: two networks trained, one of them adversarially, and both attacked.</summary>
    public static void WholeReportB()
    {
        var (train, test) = (Images(60_000), Images(10_000));
        foreach (var (epochs, examples) in new[] { (5, null), (8, new AdversarialExamples(new FGSM(8 / 255.0))) })
        {
            using var model = ReportB();
            new Trainer(model, Sgd(model.parameters()), examples).Fit(train, epochs);
            EpsSweep.Run(model, test, [2 / 255.0, 4 / 255.0, 8 / 255.0]);
        }
    }

    /// <summary>What the network of <see cref="Forward(int)"/> says of images, <c>[N, 10]</c> row by row.</summary>
    public static float[] Logits(float[] pixels)
    {
        using var model = ReportB();
        model.eval();
        using var images = tensor(pixels, [pixels.Length / (28 * 28), 1, 28, 28]);
        using var logits = Logits(model, images);
        return logits.data<float>().ToArray();
    }

    /// <summary>The same weights whenever it is called, on both engines.</summary>
    public static Sequential ReportB()
    {
        manual_seed(42);
        return Cnn.ReportB();
    }

    private static Tensor Logits(nn.Module<Tensor, Tensor> model, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return model.call(images).MoveToOuterDisposeScope();
    }

    private static Action Forward(nn.Module<Tensor, Tensor> model, Tensor images)
    {
        model.eval();
        return () => Logits(model, images).Dispose();
    }

    private static Action Attack(nn.Module<Tensor, Tensor> model, TensorSet data)
    {
        var attack = new FGSM(0.1);
        return () => attack.Attack(model, data.Images, data.Labels).Dispose();
    }

    /// <summary>A layer's result for n images of 64 channels and 32 by 32 pixels, and every gradient of it.</summary>
    private static Action ForwardAndBackward(nn.Module<Tensor, Tensor> layer, int n)
    {
        var x = rand(n, 64, 32, 32).requires_grad_();
        var shape = layer.call(x).shape;
        var upstream = rand(shape);
        Tensor[] wanted = [x, .. layer.parameters()];
        return () =>
        {
            using var scope = NewDisposeScope();
            autograd.grad([layer.call(x)], wanted, [upstream]);
        };
    }

    private static Action Training(nn.Module<Tensor, Tensor> model, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer,
        TensorSet batch, AdversarialExamples? examples = null)
    {
        var trainer = new Trainer(model, optimizer(model.parameters()), examples) { BatchSize = (int)batch.Images.size(0) };
        return () => trainer.Fit(batch, 1);
    }

    private static Action InBatches(TensorSet data, int n, Action<TensorSet> work) => () =>
    {
        using var views = NewDisposeScope();
        foreach (var batch in data.Batches(n))
            work(batch);
    };

    private static optim.Optimizer Sgd(IEnumerable<Parameter> parameters) => optim.SGD(parameters, 0.01, momentum: 0.9);

    private static TensorSet Images(int count, int channels = 1, int size = 28) =>
        new(rand(count, channels, size, size), randint(0, 10, count));
}
