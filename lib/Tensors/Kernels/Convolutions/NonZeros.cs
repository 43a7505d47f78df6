using System.Numerics;
using System.Runtime.Intrinsics;

namespace Fgsm.Tensors;

/// <summary>Finds the numbers that are not 0: behind a pooling three of four gradients are, and add nothing to a sum.</summary>
internal static unsafe class NonZeros
{
    /// <summary>What is written beyond the places found.</summary>
    public const int Room = 8;

    // For each pattern of eight flags, where the set ones are.
    private static readonly Vector256<int>[] Patterns = [.. Enumerable.Range(0, 256).Select(pattern =>
    {
        var set = Enumerable.Range(0, 8).Where(i => (pattern >> i & 1) == 1).ToArray();
        Array.Resize(ref set, 8);
        return Vector256.Create(set);
    })];

    /// <summary>Writes the indices of the numbers that are not 0, in order, and gives their count.</summary>
    public static int Find(float* x, int length, int* places)
    {
        var (count, i) = (0, 0);
        for (; i <= length - 8; i += 8)
        {
            var pattern = (byte)~Vector256.Equals(Vector256.Load(x + i), Vector256<float>.Zero).ExtractMostSignificantBits();
            (Patterns[pattern] + Vector256.Create(i)).Store(places + count);
            count += BitOperations.PopCount(pattern);
        }
        for (; i < length; i++)
        {
            places[count] = i;
            count += x[i] != 0 ? 1 : 0;
        }
        return count;
    }
}
