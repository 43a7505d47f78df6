using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>What a strip does with a vector of one width.</summary>
internal unsafe interface ILanes<TVector>
{
    static abstract int Count { get; }
    static abstract TVector Create(float value);
    static abstract TVector Load(float* source);
    static abstract void Store(TVector values, float* target);
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector sum);
}

/// <summary>
/// The innermost loop of a product whose left factor is mostly zeros: a strip of one row of C, held in registers. Eight vectors are
/// as many sums as hide the time that a multiply-add takes.
/// </summary>
internal static unsafe class Strip<TVector, TLanes> where TVector : struct where TLanes : struct, ILanes<TVector>
{
    public static int Columns => 8 * TLanes.Count;

    /// <summary>
    /// C[Columns] = (accumulate ? C : 0) + the sum of the terms, in their order. The lower half of a term holds the bits of an
    /// element of A; the upper half says where in the panel the row of B lies that it multiplies. Together they are one load.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(ulong* term, ulong* end, float* panel, float* c, bool accumulate)
    {
        var n = TLanes.Count;
        TVector c0, c1, c2, c3, c4, c5, c6, c7;
        if (accumulate)
        {
            (c0, c1, c2, c3) = (TLanes.Load(c), TLanes.Load(c + n), TLanes.Load(c + 2 * n), TLanes.Load(c + 3 * n));
            (c4, c5, c6, c7) = (TLanes.Load(c + 4 * n), TLanes.Load(c + 5 * n), TLanes.Load(c + 6 * n), TLanes.Load(c + 7 * n));
        }
        else
        {
            c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = TLanes.Create(0);
        }
        for (; term < end; term++)
        {
            var x = TLanes.Create(BitConverter.UInt32BitsToSingle((uint)*term));
            var row = panel + (nint)(*term >> 32);
            c0 = TLanes.MultiplyAdd(x, TLanes.Load(row), c0);
            c1 = TLanes.MultiplyAdd(x, TLanes.Load(row + n), c1);
            c2 = TLanes.MultiplyAdd(x, TLanes.Load(row + 2 * n), c2);
            c3 = TLanes.MultiplyAdd(x, TLanes.Load(row + 3 * n), c3);
            c4 = TLanes.MultiplyAdd(x, TLanes.Load(row + 4 * n), c4);
            c5 = TLanes.MultiplyAdd(x, TLanes.Load(row + 5 * n), c5);
            c6 = TLanes.MultiplyAdd(x, TLanes.Load(row + 6 * n), c6);
            c7 = TLanes.MultiplyAdd(x, TLanes.Load(row + 7 * n), c7);
        }
        TLanes.Store(c0, c);
        TLanes.Store(c1, c + n);
        TLanes.Store(c2, c + 2 * n);
        TLanes.Store(c3, c + 3 * n);
        TLanes.Store(c4, c + 4 * n);
        TLanes.Store(c5, c + 5 * n);
        TLanes.Store(c6, c + 6 * n);
        TLanes.Store(c7, c + 7 * n);
    }
}

internal readonly unsafe struct Lanes : ILanes<Vector<float>>
{
    public static int Count => Vector<float>.Count;
    public static Vector<float> Create(float value) => Vector.Create(value);
    public static Vector<float> Load(float* source) => Vector.Load(source);
    public static void Store(Vector<float> values, float* target) => values.Store(target);
    public static Vector<float> MultiplyAdd(Vector<float> x, Vector<float> y, Vector<float> sum) => Vector.FusedMultiplyAdd(x, y, sum);
}

internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;
    public static Vector512<float> Create(float value) => Vector512.Create(value);
    public static Vector512<float> Load(float* source) => Vector512.Load(source);
    public static void Store(Vector512<float> values, float* target) => values.Store(target);
    public static Vector512<float> MultiplyAdd(Vector512<float> x, Vector512<float> y, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(x, y, sum);
}
