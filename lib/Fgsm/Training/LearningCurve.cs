using Fgsm.Results.Figures;

namespace Fgsm.Training;

/// <summary>How a training went, for the reader of a notebook.</summary>
public static class LearningCurve
{
    /// <summary>Loss and accuracy after each epoch: of its own batches, as trained on.</summary>
    /// <param name="title">What was trained, on which data.</param>
    public static LineChart ToCurve(this IReadOnlyList<EpochResult> epochs, string title)
    {
        double[] numbers = [.. epochs.Select(e => (double)e.Epoch)];
        return new LineChart(title, new Axis("epoch"), new Axis("loss; accuracy as a share", Min: 0))
            .Add("loss", numbers, epochs.Select(e => e.Loss))
            .Add("accuracy", numbers, epochs.Select(e => e.Accuracy / 100));
    }

    /// <summary>"in this run", or when the run was that a <see cref="Checkpoint"/> kept some of the epochs of.</summary>
    public static string When(this IReadOnlyList<EpochResult> epochs) => epochs.LastOrDefault(e => e.Kept is not null) is { Kept: { } kept } last
        ? FormattableString.Invariant($"{(last.Epoch < epochs.Count ? $"to epoch {last.Epoch} " : "")}in an earlier run, {kept.ToUniversalTime():yyyy-MM-dd HH:mm} UTC")
        : "in this run";

    /// <summary>Shows a training under its cell: every epoch in a line, when it was, and the curve, if there is more than a point of it.</summary>
    /// <inheritdoc cref="ToCurve"/>
    public static void Show(this IReadOnlyList<EpochResult> epochs, string title)
    {
        foreach (var e in epochs)
            Console.WriteLine(FormattableString.Invariant($"epoch {e.Epoch} of {epochs.Count}: loss {e.Loss:0.0000}, accuracy {e.Accuracy:0.00} %"));
        Console.WriteLine($"Trained {epochs.When()}.");
        if (epochs.Count > 1)
            epochs.ToCurve(title).Display();
    }
}
