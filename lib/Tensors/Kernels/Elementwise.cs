namespace Fgsm.Tensors.Kernels;

/// <summary>A function of one number, lane by lane.</summary>
internal interface IUnary
{
    static abstract Vector<float> Apply(Vector<float> x);
}

/// <summary>max(x, 0). A NaN passes through, as in PyTorch.</summary>
internal readonly struct Relu : IActivation
{
    public static Vector<float> Apply(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<float>.Zero), Vector<float>.Zero, x);
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<float>.Zero), Vector<float>.Zero, gradient);
}

/// <summary>A function of two numbers, lane by lane.</summary>
internal interface IBinary
{
    static abstract Vector<T> Apply<T>(Vector<T> x, Vector<T> y);
}

/// <summary>A comparison of two numbers.</summary>
internal interface IComparison
{
    static abstract bool Apply<T>(T x, T y) where T : INumber<T>;
}

/// <summary>Loops over elements, parallel and vectorised. What is left over behind the last whole vector goes through one lane.</summary>
internal static unsafe class Elementwise
{
    public const int Grain = 1 << 14;

    public static void Unary<TOp>(float* x, float* y, int count) where TOp : struct, IUnary
    {
        Threads.Ranges(count, Grain, (start, end) =>
        {
            var i = start;
            for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                TOp.Apply(Vector.Load(x + i)).Store(y + i);
            for (; i < end; i++)
                y[i] = TOp.Apply(Vector.Create(x[i]))[0];
        });
    }

    /// <summary>y = op(a, b), where a and b have y's shape or broadcast to it.</summary>
    public static void Binary<T, TOp>(T* a, long[] aShape, T* b, long[] bShape, T* y, long[] shape) where T : unmanaged
        where TOp : struct, IBinary
    {
        var count = Shape.Product(shape);
        if (Shape.Product(aShape) == count && Shape.Product(bShape) == count)
            Threads.Ranges(count, Grain, (start, end) => Run<T, TOp>(a + start, 1, b + start, 1, y + start, end - start));
        else
            Broadcast(aShape, bShape, shape, (aStart, aStep, bStart, bStep, start, length) =>
                Run<T, TOp>(a + aStart, aStep, b + bStart, bStep, y + start, length));
    }

    // A step is 1 or 0: within a run an operand advances with the result or is one number.
    private static void Run<T, TOp>(T* a, int aStep, T* b, int bStep, T* y, int length) where T : unmanaged where TOp : struct, IBinary
    {
        var i = 0;
        var (aVector, bVector) = (Vector.Create(*a), Vector.Create(*b));
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
            TOp.Apply(aStep == 1 ? Vector.Load(a + i) : aVector, bStep == 1 ? Vector.Load(b + i) : bVector).Store(y + i);
        for (; i < length; i++)
            y[i] = TOp.Apply(Vector.Create(a[i * aStep]), Vector.Create(b[i * bStep]))[0];
    }

    public static void Compare<T, TOp>(T* a, long[] aShape, T* b, long[] bShape, bool* y, long[] shape) where T : unmanaged, INumber<T>
        where TOp : struct, IComparison =>
        Broadcast(aShape, bShape, shape, (aStart, aStep, bStart, bStep, start, length) =>
        {
            for (var i = 0; i < length; i++)
                y[start + i] = TOp.Apply(a[aStart + i * aStep], b[bStart + i * bStep]);
        });

    private delegate void RunOf(int aStart, int aStep, int bStart, int bStep, int start, int length);

    /// <summary>Splits the broadcast of two shapes to <paramref name="shape"/> into runs along the last dimension.</summary>
    private static void Broadcast(long[] aShape, long[] bShape, long[] shape, RunOf run)
    {
        var count = Shape.Product(shape);
        if (count == 0)
            return;
        var (aStrides, bStrides) = (Shape.BroadcastStrides(aShape, shape), Shape.BroadcastStrides(bShape, shape));
        // Trailing dimensions in which both operands advance, or both stand still, are one long run.
        var inner = shape.Length;
        var length = 1;
        while (inner > 0 && Continues(aStrides[inner - 1], length, aStrides[^1]) && Continues(bStrides[inner - 1], length, bStrides[^1]))
            length *= (int)shape[--inner];
        if (shape.Length > 0 && inner == shape.Length)
            length = (int)shape[--inner];
        var (aStep, bStep) = shape.Length == 0 ? (0, 0) : (Math.Min(aStrides[^1], 1), Math.Min(bStrides[^1], 1));
        var runs = count / length;
        Threads.Ranges(runs, Math.Max(1, Grain / length), (first, last) =>
        {
            for (var r = first; r < last; r++)
            {
                var (rest, aStart, bStart) = (r, 0, 0);
                for (var d = inner - 1; d >= 0; d--)
                {
                    var i = rest % (int)shape[d];
                    rest /= (int)shape[d];
                    aStart += i * aStrides[d];
                    bStart += i * bStrides[d];
                }
                run(aStart, aStep, bStart, bStep, r * length, length);
            }
        });

        static bool Continues(int stride, int length, int last) => last == 0 ? stride == 0 : stride == length;
    }

    /// <summary>How many of the <paramref name="left"/> elements come next: a whole vector of them, or one.</summary>
    public static int Step(int left) => left >= Vector<float>.Count ? Vector<float>.Count : 1;

    /// <summary>The next elements; a single one in every lane.</summary>
    public static Vector<float> Load(float* x, int step) => step == 1 ? Vector.Create(*x) : Vector.Load(x);

    public static void Store(Vector<float> values, float* y, int step)
    {
        if (step == 1)
            *y = values[0];
        else
            values.Store(y);
    }

    /// <summary>y += x.</summary>
    public static void Add(float* y, float* x, int length)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.Load(y + i) + Vector.Load(x + i)).Store(y + i);
        for (; i < length; i++)
            y[i] += x[i];
    }
}
