using Fgsm.Reporting;

namespace Fgsm.Polyglot;

/// <summary>Tensors as pictures.</summary>
public static class TensorPictures
{
    private const int Most = 10;

    /// <summary>
    /// The first images of a float32 tensor <c>[N, C, H, W]</c> or <c>[C, H, W]</c> with 1 or 3 channels of pixels in [0,1]; null for any
    /// other tensor.
    /// </summary>
    public static ImageGrid? ToImages(this Tensor tensor)
    {
        if (tensor.dtype != float32 || tensor.ndim is not (3 or 4) || tensor.numel() == 0 || tensor.shape[^3] is not (1 or 3))
            return null;
        using var scope = NewDisposeScope();
        var (channels, height, width) = ((int)tensor.shape[^3], (int)tensor.shape[^2], (int)tensor.shape[^1]);
        var pixels = tensor.detach().reshape(-1, channels * height * width).data<float>().ToArray();
        var shown = pixels.Chunk(channels * height * width).Take(Most).Select(image => new GridImage(Picture.FromUnit(image, channels, height, width)));
        return new ImageGrid($"[{string.Join(", ", tensor.shape)}]").AddRow(null, [.. shown]);
    }
}
