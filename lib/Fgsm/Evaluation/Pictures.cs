using Fgsm.Results.Figures;

namespace Fgsm.Evaluation;

/// <summary>Tensors as pictures for an <see cref="ImageGrid"/>.</summary>
public static class Pictures
{
    /// <summary>An image as it is; pixels outside [0,1] are drawn black or white.</summary>
    /// <param name="image">One image, <c>[1, C, H, W]</c> or <c>[C, H, W]</c>, of 1 or 3 channels.</param>
    public static Picture ToPicture(this Tensor image) =>
        Picture.FromUnit(image.data<float>().ToArray(), (int)image.shape[^3], (int)image.shape[^2], (int)image.shape[^1]);

    /// <summary>A gradient or a perturbation: what is negative is blue, 0 is white, what is positive is orange.</summary>
    /// <param name="values">One channel, <c>[1, 1, H, W]</c>.</param>
    /// <param name="scale">What gets the full colour: eps for a perturbation.</param>
    public static Picture ToSignedPicture(this Tensor values, double scale) =>
        Picture.FromSigned(values.data<float>().ToArray(), scale, (int)values.shape[^2], (int)values.shape[^1]);
}
