namespace Fgsm.Certified;

/// <summary>How bounds of a network's logits are computed, from the fastest and loosest to the slowest and tightest.</summary>
public enum BoundMethod
{
    /// <summary>
    /// Interval bounds, layer by layer; the last affine layers are taken together with the difference of two logits.
    /// Gowal, Dvijotham, Stanforth, Bunel, Qin, Uesato, Arandjelovic, Mann, Kohli, "On the Effectiveness of Interval Bound Propagation for
    /// Training Verifiably Robust Models", 2018, https://arxiv.org/abs/1810.12715, section 3.
    /// </summary>
    IBP,

    /// <summary>
    /// Interval bounds of the layers within, and one pass of linear bounds from the logits to the pixels.
    /// Zhang, Chen, Xiao, Gowal, Stanforth, Li, Boning, Hsieh, "Towards Stable and Efficient Training of Verifiably Robust Neural
    /// Networks", 2020, https://arxiv.org/abs/1906.06316, section 3.
    /// </summary>
    CrownIBP,

    /// <summary>
    /// Linear bounds from every layer to the pixels. Zhang, Weng, Chen, Hsieh, Daniel, "Efficient Neural Network Robustness Certification
    /// with General Activation Functions", 2018, https://arxiv.org/abs/1811.00866.
    /// </summary>
    CROWN,
}
