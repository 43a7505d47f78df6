using Microsoft.Data.Analysis;

namespace Fgsm.Evaluation;

/// <summary>
/// How far each image can be pushed along its own FGSM direction before the model gets it wrong. The direction is fixed, the sign
/// of the gradient at the clean image: "smallest" means the smallest step along this one line (clipped to [0,1]), and another
/// direction may need less. Of another attack: the smallest eps at which it turns the image.
/// </summary>
/// <remarks>
/// An attack's success need not be monotone in eps: an image may be wrong at 0.2 and right again at 0.5. So the search walks up in
/// steps of 1/16 to the first that succeeds, and only then bisects that step to 1/1024. At the eps found the model is wrong, and
/// at eps - <see cref="Resolution"/> it is right; a stretch of wrong answers narrower than 1/16 further down may be overlooked.
/// </remarks>
/// <param name="Clean">The predictions without attack.</param>
/// <param name="Eps">
/// For each image, in pixels of [0,1]: a multiple of <see cref="Resolution"/> up to 1; 0 where the model is wrong without attack;
/// infinity where none of the steps of 1/16 up to 1 turns it.
/// </param>
public sealed record SmallestEps(Predictions Clean, IReadOnlyList<double> Eps)
{
    private const int BatchSize = 250, Steps = 16, Halvings = 6;

    /// <summary>1/1024, about a quarter of a grey level.</summary>
    public const double Resolution = 1.0 / (Steps << Halvings);

    /// <summary>
    /// Searches all images at once. FGSM's direction does not depend on eps: ONE gradient an image, and at most 16 + 6 predictions. Any
    /// other attack runs anew at each eps, at most 16 + 6 times.
    /// </summary>
    /// <param name="progress">Told after each batch, under <paramref name="title"/>.</param>
    /// <param name="attack">The attack at an eps; null for FGSM.</param>
    /// <exception cref="ArgumentException">Pixels are outside [0,1].</exception>
    public static SmallestEps Search(nn.Module<Tensor, Tensor> model, TensorSet data, IProgress<Progress>? progress = null,
        string title = "smallest eps", Func<double, AdversarialAttack>? attack = null, CancellationToken cancellation = default)
    {
        var (clean, eps) = (new List<Predictions>(), new List<double>());
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        foreach (var batch in data.Batches(data.Fitting(BatchSize), progress, title, cancellation))
        {
            var fgsm = new FGSM(Resolution);
            var (x, y) = batch;
            fgsm.Require(x, y);
            Func<double[], bool[]> isRight;
            if (attack is null)
            {
                var gradient = LossGradient.Of(model, x, y);
                var direction = fgsm.Direction(gradient);
                clean.Add(Predictions.FromLogits(gradient.Logits, y));
                isRight = candidates => IsRight(model, x, y, direction, candidates);
            }
            else
            {
                clean.Add(Predictions.FromLogits(model.call(x), y));
                isRight = candidates => IsRight(model, x, y, attack, candidates);
            }
            eps.AddRange(Search(clean[^1], isRight));
        }
        return new SmallestEps(Predictions.Join(clean), eps);
    }

    /// <param name="isRight">
    /// For each image, whether the model is right at the eps given for that image; an answer at 0 is not used.
    /// </param>
    private static double[] Search(Predictions clean, Func<double[], bool[]> isRight)
    {
        var found = Enumerable.Range(0, clean.Count).Select(i => clean.IsCorrect(i) ? double.PositiveInfinity : 0).ToArray();
        for (var step = 1; step <= Steps && found.Any(double.IsInfinity); step++)
        {
            var eps = (double)step / Steps;
            var right = isRight([.. found.Select(f => double.IsInfinity(f) ? eps : 0)]);
            found = [.. found.Select((f, i) => double.IsInfinity(f) && !right[i] ? eps : f)];
        }
        for (var width = 0.5 / Steps; width >= Resolution; width /= 2)
        {
            // Nothing to halve at 0 or infinity; eps 0 keeps those in the batch harmlessly.
            var middle = found.Select(f => f is 0 or double.PositiveInfinity ? 0 : f - width).ToArray();
            var right = isRight(middle);
            found = [.. found.Select((f, i) => middle[i] > 0 && !right[i] ? middle[i] : f)];
        }
        return found;
    }

    private static bool[] IsRight(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, Tensor direction, double[] eps)
    {
        using var scope = NewDisposeScope();
        long[] oneEach = [eps.Length, .. Enumerable.Repeat(1L, (int)x.ndim - 1)];
        var adversarial = (x + direction * tensor(Array.ConvertAll(eps, e => (float)e), oneEach).to(direction.device)).clamp(0, 1);
        var predictions = Predictions.FromLogits(model.call(adversarial), y);
        return [.. Enumerable.Range(0, predictions.Count).Select(predictions.IsCorrect)];
    }

    private static bool[] IsRight(
        nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, Func<double, AdversarialAttack> attack, double[] eps)
    {
        var right = new bool[eps.Length];
        foreach (var group in Enumerable.Range(0, eps.Length).Where(i => eps[i] > 0).GroupBy(i => eps[i]))
        {
            using var scope = NewDisposeScope();
            var some = tensor([.. group.Select(i => (long)i)]).to(x.device);
            var (images, labels) = (x.index_select(0, some), y.index_select(0, some));
            var made = attack(group.Key);
            made.RequireUntargeted(nameof(SmallestEps));
            var predictions = Predictions.FromLogits(model.call(made.Attack(model, images, labels)), labels);
            foreach (var (place, image) in group.Index())
                right[image] = predictions.IsCorrect(place);
        }
        return right;
    }

    /// <summary>The images that are right without attack and that no step turns.</summary>
    public int NeverTurned => Eps.Count(double.IsInfinity);

    /// <summary>The images that are right without attack and that the attack turns, with the eps that does, the easiest first.</summary>
    public IReadOnlyList<(int Image, double Eps)> Turned => [.. Eps.Select((eps, i) => (Image: i, Eps: eps)).Where(t => t.Eps is > 0 and <= 1).OrderBy(t => t.Eps)];

    /// <summary>
    /// The columns of <see cref="Predictions.ToDataFrame"/> without attack, and two more: smallest_eps, as in <see cref="Eps"/> but
    /// empty where no eps turns the image, and turned: right without attack, and wrong at that eps.
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var frame = Clean.ToDataFrame();
        frame.Columns.Add(new DoubleDataFrameColumn("smallest_eps", Eps.Select(eps => double.IsInfinity(eps) ? null : (double?)eps)));
        frame.Columns.Add(new BooleanDataFrameColumn("turned", Eps.Select(eps => eps is > 0 and <= 1)));
        return frame;
    }

    /// <summary>
    /// The median over the images that are right without attack, those never turned among them (as infinity); of a class, or of all.
    /// NaN where there are none.
    /// </summary>
    public double Median(long? label = null)
    {
        double[] eps = [.. Eps.Where((_, i) => Clean.IsCorrect(i) && (label is null || Clean.Labels[i] == label)).Order()];
        return eps.Length == 0 ? double.NaN : (eps[(eps.Length - 1) / 2] + eps[eps.Length / 2]) / 2;
    }
}
