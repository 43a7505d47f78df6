namespace Fgsm.Tensors;

/// <summary>Arithmetic on shapes. Every tensor is contiguous in row-major order, so a shape says all about its layout.</summary>
internal static class Shape
{
    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>The number of elements; throws when a size is negative or the memory would pass 2^31 elements.</summary>
    public static int Count(string op, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
        {
            if (size < 0)
                throw new ArgumentException($"{op}: size {size} in {Text(shape)} is negative");
            count = checked(count * size);
        }
        if (count > int.MaxValue - 64)
            throw new ArgumentException($"{op}: {Text(shape)} has {count} elements; this engine's tensors hold fewer than 2^31");
        return (int)count;
    }

    public static int Product(ReadOnlySpan<long> sizes)
    {
        long product = 1;
        foreach (var size in sizes)
            product *= size;
        return (int)product;
    }

    /// <summary>How far apart neighbours along each dimension are.</summary>
    public static long[] Strides(ReadOnlySpan<long> shape)
    {
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }
        return strides;
    }

    /// <summary>Turns a dimension counted from the end into one from the start.</summary>
    public static int Dimension(string op, long dim, int dims)
    {
        var range = Math.Max(dims, 1);
        if (dim < -range || dim >= range)
            throw new ArgumentOutOfRangeException(nameof(dim), $"{op}: dimension {dim} is out of range; expected {-range} to {range - 1}");
        return (int)(dim < 0 ? dim + range : dim);
    }

    public static long[] Without(ReadOnlySpan<long> shape, int dim) => [.. shape[..dim], .. shape[(dim + 1)..]];

    public static long[] With(ReadOnlySpan<long> shape, int dim, long size)
    {
        var result = shape.ToArray();
        result[dim] = size;
        return result;
    }

    /// <summary>The shape that two operands broadcast to, by PyTorch's rule: aligned at the end, equal or 1.</summary>
    public static long[] Broadcast(string op, ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        var result = new long[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= result.Length; i++)
        {
            var x = i <= a.Length ? a[^i] : 1;
            var y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1)
                throw new ArgumentException(
                    $"{op}: shapes {Text(a)} and {Text(b)} do not broadcast: {x} against {y} at dimension {result.Length - i}");
            result[^i] = x == 1 ? y : x;
        }
        return result;
    }

    /// <summary>
    /// The strides with which a tensor of <paramref name="shape"/> is read when it is broadcast to <paramref name="target"/>.
    /// </summary>
    public static int[] BroadcastStrides(ReadOnlySpan<long> shape, ReadOnlySpan<long> target)
    {
        var strides = new int[target.Length];
        var stride = 1;
        for (var i = 1; i <= shape.Length; i++)
        {
            strides[^i] = shape[^i] == 1 ? 0 : stride;
            stride *= (int)shape[^i];
        }
        return strides;
    }
}
