namespace Fgsm.Attacks;

/// <summary>
/// FGSM-RS: one long step from a random place within eps, brought back to within eps. Trained on it instead of on FGSM, a network
/// does not learn to hide its gradient at the image itself; at larger eps it may all the same.
/// Wong, Rice, Kolter, "Fast is better than free: Revisiting adversarial training", 2020, https://arxiv.org/abs/2001.03994,
/// algorithm 3. Distance: L-infinity. One gradient an image.
/// </summary>
/// <example><c>new AdversarialExamples(new FGSMRS(0.3), share: 1)</c></example>
/// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
/// <param name="factor">The length of the step as a multiple of eps; the paper takes 1.25.</param>
public sealed class FGSMRS(double eps, double factor = 1.25) : PGD(eps, alpha: factor * eps, steps: 1);
