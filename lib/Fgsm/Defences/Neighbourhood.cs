namespace Fgsm.Defences;

/// <summary>The square around each pixel, for layers that smooth.</summary>
internal static class Neighbourhood
{
    /// <summary>The images with half a square's side more on all four sides, mirrored.</summary>
    public static Tensor Mirrored(Tensor images, int side)
    {
        var edge = side / 2;
        return nn.functional.pad(images, [edge, edge, edge, edge], PaddingModes.Reflect);
    }

    /// <exception cref="ArgumentOutOfRangeException">The side is even, or below 3.</exception>
    public static int RequireSide(int size, string layer) => size >= 3 && size % 2 == 1 ? size
        : throw new ArgumentOutOfRangeException(nameof(size), $"{layer}: the side must be odd and 3 or more, got {size}");
}
