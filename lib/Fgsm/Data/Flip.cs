namespace Fgsm.Data;

/// <summary>Which training images are mirrored, left to right.</summary>
public enum Flip
{
    /// <summary>None.</summary>
    None,

    /// <summary>Each with probability one half, each epoch anew.</summary>
    Random,

    /// <summary>
    /// A random half in the first epoch, the others in the second, and so on by turns: two epochs show every image both ways (Jordan,
    /// "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, arXiv 2404.00498, section 3.6).
    /// </summary>
    Alternating,
}
