namespace Fgsm.Evaluation;

/// <summary>
/// A sweep with FGSM beside ten small steps of PGD at the same strengths, on its first images. Where PGD wins far more often, the
/// figure under FGSM does not measure robustness.
/// </summary>
/// <param name="Fgsm">The sweep, of all images.</param>
/// <param name="Pgd">For each point of the sweep, the predictions under PGD, of the first images.</param>
public sealed record PgdCheck(EpsSweep Fgsm, IReadOnlyList<Predictions> Pgd)
{
    private const int Steps = 10;

    /// <summary>Attacks the first images at each eps of the sweep, in steps of a quarter of eps from a random start.</summary>
    /// <param name="data">What the sweep attacked.</param>
    /// <param name="images">How many of the first images.</param>
    /// <param name="seed">Of the random start, set before each eps; torch's generator goes on from there.</param>
    /// <param name="progress">Told after each eps, under <paramref name="title"/>.</param>
    public static PgdCheck Of(nn.Module<Tensor, Tensor> model, TensorSet data, EpsSweep sweep, int images, long seed,
        IProgress<Progress>? progress = null, string title = "PGD", Bounds? bounds = null)
    {
        var (first, pgd) = (data.Range(0, Math.Min(images, data.Count)), new List<Predictions>());
        foreach (var point in sweep.Points)
        {
            manual_seed(seed);
            pgd.Add(Predictions.Under(new PGD(point.Eps, point.Eps / 4, Steps) { Bounds = bounds ?? Bounds.Unit }, model, first));
            progress?.Report(new Progress(title, 0, 0, pgd.Count, sweep.Points.Count));
        }
        return new(sweep, pgd);
    }

    /// <summary>How many images PGD attacked.</summary>
    public int Count => Pgd[0].Count;

    /// <summary>Without attack, of these images, in percent.</summary>
    public double Clean => Fgsm.Clean.Take(Count).Accuracy;

    /// <summary>Under FGSM, of these images, in percent.</summary>
    public double FgsmAt(double eps) => Fgsm.At(eps).Attacked.Take(Count).Accuracy;

    /// <summary>Under PGD, of these images, in percent.</summary>
    public double PgdAt(double eps) => PredictionsAt(eps).Accuracy;

    /// <summary>Of each of these images under PGD.</summary>
    /// <exception cref="ArgumentException">The sweep has no such eps.</exception>
    public Predictions PredictionsAt(double eps) => Pgd[Fgsm.Points.ToList().IndexOf(Fgsm.At(eps))];

    /// <summary>The figure under FGSM at an eps that overstates the model's robustness, if it does; see <see cref="Evaluation.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings(double eps) => Evaluation.Warnings.Of(Fgsm.At(eps), PredictionsAt(eps));
}
