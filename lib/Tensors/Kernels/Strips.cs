using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>The innermost loop of a product whose left factor is mostly zeros: a strip of one row of C, held in registers.</summary>
internal unsafe interface IStrip
{
    static abstract int Columns { get; }

    /// <summary>
    /// C[Columns] = (accumulate ? C : 0) + the sum of the terms, in their order. The lower half of a term holds the bits of an
    /// element of A; the upper half says where in the panel the row of B lies that it multiplies. Together they are one load.
    /// </summary>
    static abstract void Multiply(ulong* term, ulong* end, float* panel, float* c, bool accumulate);
}

/// <summary>Eight <see cref="Vector{T}"/>: as many sums as hide the time that a multiply-add takes.</summary>
internal readonly unsafe struct Strip : IStrip
{
    public static int Columns => 8 * Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(ulong* term, ulong* end, float* panel, float* c, bool accumulate)
    {
        var n = Vector<float>.Count;
        Vector<float> c0, c1, c2, c3, c4, c5, c6, c7;
        if (accumulate)
        {
            (c0, c1, c2, c3) = (Vector.Load(c), Vector.Load(c + n), Vector.Load(c + 2 * n), Vector.Load(c + 3 * n));
            (c4, c5, c6, c7) = (Vector.Load(c + 4 * n), Vector.Load(c + 5 * n), Vector.Load(c + 6 * n), Vector.Load(c + 7 * n));
        }
        else
        {
            c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = Vector<float>.Zero;
        }
        for (; term < end; term++)
        {
            var x = Vector.Create(BitConverter.UInt32BitsToSingle((uint)*term));
            var row = panel + (nint)(*term >> 32);
            c0 = Vector.FusedMultiplyAdd(x, Vector.Load(row), c0);
            c1 = Vector.FusedMultiplyAdd(x, Vector.Load(row + n), c1);
            c2 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 2 * n), c2);
            c3 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 3 * n), c3);
            c4 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 4 * n), c4);
            c5 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 5 * n), c5);
            c6 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 6 * n), c6);
            c7 = Vector.FusedMultiplyAdd(x, Vector.Load(row + 7 * n), c7);
        }
        c0.Store(c);
        c1.Store(c + n);
        c2.Store(c + 2 * n);
        c3.Store(c + 3 * n);
        c4.Store(c + 4 * n);
        c5.Store(c + 5 * n);
        c6.Store(c + 6 * n);
        c7.Store(c + 7 * n);
    }
}

/// <summary>Eight <see cref="Vector512{T}"/>.</summary>
internal readonly unsafe struct Strip512 : IStrip
{
    public static int Columns => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(ulong* term, ulong* end, float* panel, float* c, bool accumulate)
    {
        const int n = 16;
        Vector512<float> c0, c1, c2, c3, c4, c5, c6, c7;
        if (accumulate)
        {
            (c0, c1, c2, c3) = (Vector512.Load(c), Vector512.Load(c + n), Vector512.Load(c + 2 * n), Vector512.Load(c + 3 * n));
            (c4, c5, c6, c7) = (Vector512.Load(c + 4 * n), Vector512.Load(c + 5 * n), Vector512.Load(c + 6 * n), Vector512.Load(c + 7 * n));
        }
        else
        {
            c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = Vector512<float>.Zero;
        }
        for (; term < end; term++)
        {
            var x = Vector512.Create(BitConverter.UInt32BitsToSingle((uint)*term));
            var row = panel + (nint)(*term >> 32);
            c0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row), c0);
            c1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + n), c1);
            c2 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 2 * n), c2);
            c3 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 3 * n), c3);
            c4 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 4 * n), c4);
            c5 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 5 * n), c5);
            c6 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 6 * n), c6);
            c7 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + 7 * n), c7);
        }
        c0.Store(c);
        c1.Store(c + n);
        c2.Store(c + 2 * n);
        c3.Store(c + 3 * n);
        c4.Store(c + 4 * n);
        c5.Store(c + 5 * n);
        c6.Store(c + 6 * n);
        c7.Store(c + 7 * n);
    }
}
