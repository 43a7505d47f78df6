namespace Fgsm.Report.Serving;

/// <summary>Accuracy and loss of the trainings of a notebook, as its progress messages tell them.</summary>
internal sealed class LiveCurves
{
    // Enough for a smooth line.
    private const double Step = 0.05;

    private readonly Dictionary<string, List<(double Epoch, double? Accuracy, double? Loss)>> trainings = [];

    /// <summary>Takes a message; one that is less than a twentieth of an epoch after the last takes its place.</summary>
    public void Add(Progress progress)
    {
        if (progress.Epochs == 0 || progress.Step == 0)
            return;
        var epoch = progress.Fraction() * progress.Epochs;
        var points = trainings.TryGetValue(progress.Title, out var known) && known[^1].Epoch <= epoch ? known : trainings[progress.Title] = [];
        if (points.Count > 1 && epoch - points[^2].Epoch < Step)
            points.RemoveAt(points.Count - 1);
        points.Add((epoch, progress.Accuracy, progress.Loss));
    }

    /// <summary>A figure for each quantity that a training told.</summary>
    public IEnumerable<Figure> Draw()
    {
        if (trainings.Values.Any(points => points.Any(point => point.Accuracy is not null)))
            yield return Draw("Accuracy of the training images so far", new Axis("accuracy", "%"), point => point.Accuracy);
        if (trainings.Values.Any(points => points.Any(point => point.Loss is not null)))
            yield return Draw("Loss so far", "mean loss of the epoch", point => point.Loss);
    }

    private LineChart Draw(string title, Axis y, Func<(double Epoch, double? Accuracy, double? Loss), double?> value)
    {
        var chart = new LineChart(title, "epochs", y);
        foreach (var (name, points) in trainings)
            chart.Add(name, points.Select(point => point.Epoch), points.Select(point => value(point) ?? double.NaN));
        return chart;
    }
}
