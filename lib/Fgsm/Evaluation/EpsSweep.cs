using System.Globalization;
using Microsoft.Data.Analysis;

namespace Fgsm.Evaluation;

/// <summary>A model under FGSM, or another attack, at several strengths.</summary>
/// <param name="Clean">Its predictions without attack.</param>
/// <param name="Points">One for each eps, in the order given.</param>
/// <param name="ZeroGradients">The share of images whose gradient is 0 everywhere, in percent: FGSM leaves those alone.</param>
/// <param name="NonFiniteGradients">The number of images whose gradient has a NaN or an infinity.</param>
public sealed record EpsSweep(Predictions Clean, IReadOnlyList<EpsPoint> Points, double ZeroGradients, int NonFiniteGradients = 0)
{
    private const int BatchSize = 250;

    /// <summary>Attacks every image at every eps. FGSM's gradient does not depend on eps: ONE gradient an image serves all. Any other attack is made anew at each.</summary>
    /// <param name="eps">In pixels of [0,1].</param>
    /// <param name="progress">Told after each batch, under <paramref name="title"/>.</param>
    /// <param name="bounds">What FGSM clips its images to; null for [0,1].</param>
    /// <param name="attack">The attack at an eps; null for FGSM.</param>
    public static EpsSweep Run(nn.Module<Tensor, Tensor> model, TensorSet data, IReadOnlyList<double> eps, IProgress<Progress>? progress = null, string title = "attack", Bounds? bounds = null, Func<double, AdversarialAttack>? attack = null, CancellationToken cancellation = default)
    {
        attack ??= e => new FGSM(e) { Bounds = bounds ?? Bounds.Unit };
        var attacks = eps.Select(attack).ToList();
        foreach (var made in attacks)
            made.RequireUntargeted(nameof(EpsSweep));
        var clean = new List<Predictions>();
        var attacked = eps.Select(_ => new List<Predictions>()).ToList();
        var (zero, nonFinite) = (0, 0);
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        foreach (var batch in data.Batches(data.Fitting(BatchSize), progress, title, cancellation))
        {
            var (x, y) = batch;
            // That with the largest eps, which bounds and shapes must fit.
            attacks.MaxBy(made => (made as FixedEpsAttack)?.Eps ?? 0)?.Require(x, y);
            var gradient = LossGradient.Of(model, x, y);
            clean.Add(Predictions.FromLogits(gradient.Logits, y));
            var largest = gradient.Gradient.abs().reshape(batch.Count, -1).max(1).values.data<float>().ToArray();
            (zero, nonFinite) = (zero + largest.Count(g => g == 0), nonFinite + largest.Count(g => !float.IsFinite(g)));
            for (var i = 0; i < attacks.Count; i++)
            {
                using var inner = NewDisposeScope();
                var adversarial = attacks[i] is FGSM fgsm ? fgsm.Step(x, fgsm.Direction(gradient)) : attacks[i].Attack(model, x, y);
                attacked[i].Add(Predictions.FromLogits(model.call(adversarial), y));
            }
        }
        var all = Predictions.Join(clean);
        return new EpsSweep(all, [.. eps.Select((e, i) => new EpsPoint(e, all, Predictions.Join(attacked[i])))], 100.0 * zero / data.Count, nonFinite);
    }

    /// <summary>The point of one eps of the sweep.</summary>
    /// <exception cref="ArgumentException">The sweep has none.</exception>
    public EpsPoint At(double eps) => Points.FirstOrDefault(p => p.Eps == eps)
        ?? throw new ArgumentException(FormattableString.Invariant($"EpsSweep: eps {eps} is not one of those swept: {string.Join(", ", Points.Select(p => p.Eps.ToString(CultureInfo.InvariantCulture)))}"));

    /// <summary>
    /// A row for each eps and image, in this order: the columns of <see cref="Predictions.ToDataFrame"/> under attack, with eps after
    /// image, and at the end turned: right without attack, and wrong under it.
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var frame = Predictions.Join([.. Points.Select(p => p.Attacked)]).ToDataFrame();
        var rows = Points.SelectMany(point => Enumerable.Range(0, Clean.Count).Select(image => (point, image))).ToArray();
        frame.Columns[0] = new Int32DataFrameColumn("image", rows.Select(r => r.image));
        frame.Columns.Insert(1, new DoubleDataFrameColumn("eps", rows.Select(r => r.point.Eps)));
        frame.Columns.Add(new BooleanDataFrameColumn("turned", rows.Select(r => Clean.IsCorrect(r.image) && !r.point.Attacked.IsCorrect(r.image))));
        return frame;
    }
}

/// <summary>A model under attack at one strength.</summary>
/// <param name="Eps">In pixels of [0,1].</param>
/// <param name="Clean">Predictions without attack.</param>
/// <param name="Attacked">Predictions of the adversarial images.</param>
public sealed record EpsPoint(double Eps, Predictions Clean, Predictions Attacked)
{
    /// <summary>The share of ALL images that is still classified correctly, in percent.</summary>
    public double RobustAccuracy => Attacked.Accuracy;

    /// <summary>The number of initially correct images that the attack turns.</summary>
    public int Turned => Enumerable.Range(0, Clean.Count).Count(i => Clean.IsCorrect(i) && !Attacked.IsCorrect(i));

    /// <summary>
    /// The share of the initially correct images that the attack turns, in percent: 100 (1 - robust / clean) where no wrong image is put
    /// right. NaN when none was correct.
    /// </summary>
    public double SuccessRate => 100.0 * Turned / Clean.Correct;
}
