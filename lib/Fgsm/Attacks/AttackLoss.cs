namespace Fgsm.Attacks;

/// <summary>What an attack makes large: one number for each image, <c>[N]</c>.</summary>
/// <param name="logits"><c>[N, classes]</c>.</param>
/// <param name="y">int64 labels, <c>[N]</c>.</param>
public delegate Tensor AttackLoss(Tensor logits, Tensor y);
