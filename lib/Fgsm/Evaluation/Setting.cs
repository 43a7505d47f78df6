using System.Text.Json.Serialization;

namespace Fgsm.Evaluation;

/// <summary>One way to fill in what report E leaves unsaid; its eps is in the units that its pixels have.</summary>
/// <param name="Pixels">One of <see cref="AllPixels"/>: what a pixel of [0,1] becomes in the network's first layer.</param>
/// <param name="Optimiser">"Adam" (rate 0.001) or "SGD" (rate 0.01, momentum 0.9).</param>
/// <param name="Epochs">Of the training before the attack.</param>
/// <param name="Clipped">Whether adversarial images are clipped to valid pixels.</param>
public sealed record Setting(string Pixels, string Optimiser, int Epochs, bool Clipped)
{
    /// <summary>Pixels as they are, from -1 to 1, and standardised by MNIST's mean and standard deviation.</summary>
    public static IReadOnlyList<string> AllPixels { get; } = ["[0, 1]", "[-1, 1]", "standardised"];

    /// <summary>Report E's CNN behind this normalisation; its weights follow from torch's generator.</summary>
    public nn.Module<Tensor, Tensor> NewNetwork() => nn.Sequential(("normalize", new Normalize([Normal.Mean], [Normal.Std])), ("cnn", Cnn.ReportE()));

    /// <summary>A trainer with this optimiser and batches of 64.</summary>
    /// <param name="trainingEps">The defence: half of each batch is FGSM examples, an equal part at each of these eps; none for ordinary training.</param>
    public Trainer NewTrainer(nn.Module<Tensor, Tensor> network, string title, IReadOnlyList<double> trainingEps, IProgress<Progress>? progress = null, Checkpoint? checkpoint = null)
    {
        optim.Optimizer steps = Optimiser == "SGD" ? optim.SGD(network.parameters(), 0.01, momentum: 0.9) : optim.Adam(network.parameters(), 1e-3);
        var examples = trainingEps.Count == 0 ? null : new AdversarialExamples([.. trainingEps.Select(eps => new FGSM(InPixels(eps)) { Bounds = Bounds })]);
        return new(network, steps, examples) { Title = title, BatchSize = 64, Progress = progress, Checkpoint = checkpoint };
    }

    /// <summary>The network under FGSM.</summary>
    /// <param name="eps">In this setting's units; those of the result are in pixels of [0,1].</param>
    public EpsSweep Attack(nn.Module<Tensor, Tensor> network, TensorSet images, IReadOnlyList<double> eps, IProgress<Progress>? progress = null) =>
        EpsSweep.Run(network, images, [.. eps.Select(InPixels)], progress, $"attack, {Units}", Bounds);

    /// <summary>An eps of this setting's units in pixels of [0,1]: 0.3 is 0.15 where pixels run from -1 to 1.</summary>
    public double InPixels(double eps) => eps * Normal.Std;

    [JsonIgnore]
    public Bounds Bounds => Clipped ? Bounds.Unit : Bounds.None;

    /// <summary>"pixels of [-1, 1]", "standardised pixels".</summary>
    [JsonIgnore]
    public string Units => Pixels == "standardised" ? "standardised pixels" : $"pixels of {Pixels}";

    private (double Mean, double Std) Normal => Pixels switch
    {
        "[0, 1]" => (0, 1),
        "[-1, 1]" => (0.5, 0.5),
        "standardised" => (0.1307, 0.3081),
        _ => throw new ArgumentException($"Setting: pixels are one of {string.Join("; ", AllPixels)}, got {Pixels}"),
    };

    public override string ToString() =>
        FormattableString.Invariant($"pixels {Pixels}, {Optimiser}, {Epochs} {(Epochs == 1 ? "epoch" : "epochs")}, {(Clipped ? "clipped" : "not clipped")}");
}
