namespace Fgsm.Evaluation;

/// <summary>What one attack did to a set of images.</summary>
/// <param name="Attack">Its kind, for instance PGD.</param>
/// <param name="Settings">All of its options, as its ToString gives them.</param>
/// <param name="Norm">How changes are measured.</param>
/// <param name="Eps">The largest change allowed; null for an attack that looks for the smallest.</param>
/// <param name="Clean">Predictions without attack.</param>
/// <param name="Attacked">Predictions of the adversarial images.</param>
/// <param name="Lengths">The length of each image's change.</param>
/// <param name="Forwards">Images that the model predicted for the attack, gradients included.</param>
/// <param name="Gradients">Gradients of images among them.</param>
/// <param name="Duration">Wall time.</param>
public sealed record AttackOutcome(string Attack, string Settings, Norm Norm, double? Eps, Predictions Clean, Predictions Attacked,
    IReadOnlyList<float> Lengths, long Forwards, long Gradients, TimeSpan Duration)
{
    /// <summary>The share of ALL images that is still classified correctly, in percent.</summary>
    public double RobustAccuracy => Attacked.Accuracy;

    /// <summary>
    /// The median length of the change over the images that are right without attack, those never turned among them (as infinity). NaN
    /// where none is right.
    /// </summary>
    public double MedianLength
    {
        get
        {
            var right = Enumerable.Range(0, Clean.Count).Where(Clean.IsCorrect);
            double[] lengths = [.. right.Select(i => Attacked.IsCorrect(i) ? double.PositiveInfinity : Lengths[i]).Order()];
            return lengths.Length == 0 ? double.NaN : (lengths[(lengths.Length - 1) / 2] + lengths[lengths.Length / 2]) / 2;
        }
    }
}
