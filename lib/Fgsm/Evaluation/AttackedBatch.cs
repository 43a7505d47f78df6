namespace Fgsm.Evaluation;

/// <summary>What an attack gave for one batch.</summary>
/// <param name="Predicted">The classes of the adversarial images.</param>
/// <param name="Confidence">Their probabilities.</param>
/// <param name="Lengths">How far each image was changed.</param>
/// <param name="Forwards">Images predicted.</param>
/// <param name="Gradients">Gradients of images.</param>
/// <param name="Seconds">Wall time.</param>
internal sealed record AttackedBatch(long[] Predicted, float[] Confidence, float[] Lengths, long Forwards, long Gradients, double Seconds);
