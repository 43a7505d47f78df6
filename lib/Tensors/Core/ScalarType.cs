namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>The element types of PyTorch that this engine has, with PyTorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Made, copied, saved and loaded; no op computes with it.</summary>
        Byte = 0,
        Int64 = 4,
        Float32 = 6,
        Bool = 11,
    }

    public const ScalarType float32 = ScalarType.Float32;
    public const ScalarType uint8 = ScalarType.Byte;
    public const ScalarType int64 = ScalarType.Int64;
    public const ScalarType @bool = ScalarType.Bool;

    internal static string Name(this ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
}
