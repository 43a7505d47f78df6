namespace Fgsm.Training;

/// <summary>
/// A network whose weights are the average of another's as it trains, by PyTorch's name and meaning: the mean of all updates (SWA), or
/// with <see cref="get_ema_avg_fn"/> one that forgets old weights exponentially. It costs no gradients.
/// Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, "Averaging Weights Leads to Wider Optima and Better Generalization", 2018,
/// https://arxiv.org/abs/1803.05407, algorithm 1.
/// </summary>
/// <remarks>
/// PyTorch copies the network itself. Buffers, such as batch normalisation's statistics, are those of the last update, as in PyTorch
/// from version 2.0; the paper computes them anew.
/// </remarks>
/// <example>
/// The mean over epochs, which a <see cref="Checkpoint"/> gives again to the same bits:
/// <code>
/// var average = new AveragedModel(Cnn.ReportB());
/// new Trainer(model, optimizer) { AfterEpoch = _ => average.update_parameters(model) }.Fit(train, epochs: 10);
/// </code>
/// </example>
public sealed class AveragedModel : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> module;
    private readonly Func<Tensor, Tensor, long, Tensor> average;

    /// <param name="model">A network of the same layers as the one that trains, and not that one; its weights are replaced.</param>
    /// <param name="avg_fn">
    /// The new average from the old one, the weights of this update, and the number of updates before; null for the mean of all updates.
    /// </param>
    public AveragedModel(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, long, Tensor>? avg_fn = null) : base("AveragedModel")
    {
        (module, average) = (model, avg_fn ?? ((old, weights, updates) => old + (weights - old) / (float)(updates + 1)));
        RegisterComponents();
        eval();
    }

    /// <summary>How often weights were taken in.</summary>
    public long n_averaged { get; private set; }

    /// <summary>decay * average + (1 - decay) * weights.</summary>
    /// <param name="decay">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not from 0 to 1.</exception>
    public static Func<Tensor, Tensor, long, Tensor> get_ema_avg_fn(double decay = 0.999) => decay is >= 0 and <= 1
        ? (old, weights, _) => old * (float)decay + weights * (float)(1 - decay)
        : throw new ArgumentOutOfRangeException(
            nameof(decay), FormattableString.Invariant($"AveragedModel: decay must be from 0 to 1, got {decay}"));

    /// <summary>Takes in the weights as they are now.</summary>
    /// <param name="model">The network that trains.</param>
    /// <exception cref="ArgumentException">It has other layers.</exception>
    public void update_parameters(nn.Module<Tensor, Tensor> model)
    {
        var (ours, theirs) = (module.named_parameters().ToList(), model.named_parameters().ToList());
        if (!ours.Select(p => (p.name, Shape: string.Join(", ", p.parameter.shape)))
            .SequenceEqual(theirs.Select(p => (p.name, Shape: string.Join(", ", p.parameter.shape)))))
            throw new ArgumentException("AveragedModel: the network that trains has other layers than the one that holds the average");
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        foreach (var (old, weights) in ours.Zip(theirs, (o, t) => (o.parameter, t.parameter)))
            old.copy_(n_averaged == 0 ? weights : average(old, weights, n_averaged));
        foreach (var (old, current) in module.named_buffers().Zip(model.named_buffers()))
            old.buffer.copy_(current.buffer);
        n_averaged++;
    }

    public override Tensor forward(Tensor input) => module.call(input);
}
