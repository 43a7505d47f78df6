namespace Fgsm.Tensors.Kernels;

/// <summary>
/// The passes of batch normalisation (Ioffe and Szegedy, 2015, https://arxiv.org/abs/1502.03167) over images in either layout. Sums go
/// over 16 lanes of each plane, then over the images in order and in double: the bits depend on neither layout, threads nor vectors.
/// </summary>
internal static unsafe class BatchNorm
{
    private const int Lanes = 16;

    // Channels whose sums are formed together where the channels are last.
    private const int Block = 32;

    /// <summary>y = activation((x - mean) * scale + bias). Of a channel's numbers these are the first three.</summary>
    public readonly struct Normalise<TActivation> : IChannelOp where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x, Vector<float> _, Vector<float> mean, Vector<float> scale, Vector<float> bias,
            Vector<float> _3, Vector<float> _4) =>
            TActivation.Apply(Vector.FusedMultiplyAdd(x - mean, scale, bias));
    }

    /// <summary>
    /// The input gradient: scale * gradient + (x - mean) * slope + offset, the gradient taken through the activation first.
    /// </summary>
    public readonly struct InputGradient<TActivation> : IChannelOp where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> gradient, Vector<float> x, Vector<float> mean, Vector<float> scale,
            Vector<float> bias, Vector<float> slope, Vector<float> offset)
        {
            var distance = x - mean;
            return Vector.FusedMultiplyAdd(scale, TActivation.Gradient(gradient, Vector.FusedMultiplyAdd(distance, scale, bias)),
                Vector.FusedMultiplyAdd(distance, slope, offset));
        }
    }

    /// <summary>The same where the statistics are constants: slope and offset are 0.</summary>
    public readonly struct ConstantGradient<TActivation> : IChannelOp where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> gradient, Vector<float> x, Vector<float> mean, Vector<float> scale,
            Vector<float> bias, Vector<float> _3, Vector<float> _4) =>
            scale * TActivation.Gradient(gradient, Vector.FusedMultiplyAdd(x - mean, scale, bias));
    }

    /// <summary>The mean of each channel, and the sum of squared distances from it.</summary>
    public static (double[] Mean, double[] Squares) Statistics(float* x, ImageShape shape)
    {
        var (images, channels, pixels) = (shape.Images, shape.Channels, shape.Pixels);
        using var sums = new Scratch<float>(3 * images * channels);
        var pivots = sums.Pointer;
        var first = pivots + images * channels;
        var second = first + images * channels;
        ForBlocks(shape, (image, c, count) =>
        {
            // A plane's distances are taken from its own mean: in the cache, it is read twice.
            var at = image * channels + c;
            Sums<SumOp>(null, x, shape, image, c, count, null, 0, null, pivots + at);
            for (var i = 0; i < count; i++)
                pivots[at + i] /= pixels;
            Sums<DistanceOp>(null, x, shape, image, c, count, pivots + at, 0, first + at, second + at);
        });
        var (mean, squares) = (new double[channels], new double[channels]);
        for (var image = 0; image < images; image++)
            for (var c = 0; c < channels; c++)
                mean[c] += ((double)pivots[image * channels + c] * pixels + first[image * channels + c]) / ((double)images * pixels);
        for (var image = 0; image < images; image++)
            for (var c = 0; c < channels; c++)
            {
                var away = pivots[image * channels + c] - mean[c];
                squares[c] += second[image * channels + c] + 2 * away * first[image * channels + c] + pixels * away * away;
            }
        return (mean, squares);
    }

    /// <summary>
    /// For each channel the sum of the gradient, and of the gradient times the distance of x from <paramref name="mean"/>.
    /// </summary>
    /// <param name="numbers"><c>[5, C]</c>: the mean, rounded, and scale and bias, for the activation's input.</param>
    public static (double[] Sum, double[] Product) GradientSums<TActivation>(
        float* gradient, float* x, ImageShape shape, float* numbers, double[] mean) where TActivation : struct, IActivation
    {
        var (images, channels) = (shape.Images, shape.Channels);
        using var sums = new Scratch<float>(2 * images * channels);
        var first = sums.Pointer;
        var second = first + images * channels;
        ForBlocks(shape, (image, c, count) => Sums<GradientOp<TActivation>>(gradient, x, shape, image, c, count, numbers + c, channels,
            first + image * channels + c, second + image * channels + c));
        var (sum, product) = (new double[channels], new double[channels]);
        for (var image = 0; image < images; image++)
            for (var c = 0; c < channels; c++)
            {
                sum[c] += first[image * channels + c];
                product[c] += second[image * channels + c];
            }
        for (var c = 0; c < channels; c++)
            product[c] += (numbers[c] - mean[c]) * sum[c];
        return (sum, product);
    }

    /// <summary>The sum of each plane, <c>[N, C]</c>.</summary>
    public static void PlaneSums(float* x, ImageShape shape, float* sums)
    {
        if (shape.ChannelsLast)
            ForBlocks(shape, (image, c, count) =>
                Sums<SumOp>(null, x, shape, image, c, count, null, 0, null, sums + image * shape.Channels + c));
        else
            Sum.Middle(x, sums, shape.Images * shape.Channels, shape.Pixels, 1);
    }

    private static void ForBlocks(ImageShape shape, Action<int, int, int> body)
    {
        var blocks = (shape.Channels + Block - 1) / Block;
        Threads.Ranges(shape.Images * blocks, Math.Max(1, Elementwise.Grain / (Block * Math.Max(1, shape.Pixels))), (start, end) =>
        {
            for (var piece = start; piece < end; piece++)
            {
                var c = piece % blocks * Block;
                body(piece / blocks, c, Math.Min(Block, shape.Channels - c));
            }
        });
    }

    /// <summary>What an element adds to the two sums of its channel.</summary>
    private interface ISumOp
    {
        /// <param name="p0">The first of the channel's numbers, from which x may be counted.</param>
        static abstract void Add(Vector<float> gradient, Vector<float> x, Vector<float> p0, Vector<float> p1, Vector<float> p2,
            ref Vector<float> first, ref Vector<float> second);
    }

    private readonly struct SumOp : ISumOp
    {
        public static void Add(Vector<float> gradient, Vector<float> x, Vector<float> p0, Vector<float> p1, Vector<float> p2,
            ref Vector<float> first, ref Vector<float> second) => second += x;
    }

    private readonly struct DistanceOp : ISumOp
    {
        public static void Add(Vector<float> gradient, Vector<float> x, Vector<float> p0, Vector<float> p1, Vector<float> p2,
            ref Vector<float> first, ref Vector<float> second)
        {
            var distance = x - p0;
            first += distance;
            second = Vector.FusedMultiplyAdd(distance, distance, second);
        }
    }

    private readonly struct GradientOp<TActivation> : ISumOp where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Add(Vector<float> gradient, Vector<float> x, Vector<float> mean, Vector<float> scale, Vector<float> bias,
            ref Vector<float> first, ref Vector<float> second)
        {
            var distance = x - mean;
            var through = TActivation.Gradient(gradient, Vector.FusedMultiplyAdd(distance, scale, bias));
            first += through;
            second = Vector.FusedMultiplyAdd(through, distance, second);
        }
    }

    /// <summary>The sums over the plane of each of some channels of one image: pixel i goes to lane i % 16.</summary>
    /// <param name="gradient">Or null where the op needs none.</param>
    /// <param name="p">Up to three numbers for each channel, <paramref name="pStep"/> apart; or null.</param>
    [SkipLocalsInit]
    private static void Sums<TOp>(float* gradient, float* x, ImageShape shape, int image, int channel, int channels, float* p, int pStep,
        float* first, float* second) where TOp : struct, ISumOp
    {
        var pixels = shape.Pixels;
        // A lane of all channels lies together: [lane, channel].
        var sums = stackalloc float[2 * Lanes * Block];
        new Span<float>(sums, 2 * Lanes * Block).Clear();
        var others = sums + Lanes * Block;
        var none = stackalloc float[3 * Block];
        new Span<float>(none, 3 * Block).Clear();
        if (p == null)
        {
            p = none;
            pStep = Block;
        }
        gradient = gradient == null ? x : gradient;
        if (shape.ChannelsLast)
        {
            var start = (nint)image * pixels * shape.Channels + channel;
            for (var i = 0; i < pixels; i++)
                AddPixel<TOp>(gradient + start + (nint)i * shape.Channels, x + start + (nint)i * shape.Channels, channels, p, pStep,
                    sums + i % Lanes * Block, others + i % Lanes * Block);
        }
        else
            for (var c = 0; c < channels; c++)
            {
                var start = ((nint)image * shape.Channels + channel + c) * pixels;
                AddPlane<TOp>(gradient + start, x + start, pixels, p + c, pStep, sums + c, others + c);
            }
        Fold(sums);
        Fold(others);
        for (var c = 0; c < channels; c++)
        {
            if (first != null)
                first[c] = sums[c];
            second[c] = others[c];
        }
    }

    private static void AddPixel<TOp>(float* gradient, float* x, int channels, float* p, int pStep, float* first, float* second)
        where TOp : struct, ISumOp
    {
        var c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            var (a, b) = (Vector.Load(first + c), Vector.Load(second + c));
            TOp.Add(Vector.Load(gradient + c), Vector.Load(x + c), Vector.Load(p + c), Vector.Load(p + pStep + c),
                Vector.Load(p + 2 * pStep + c), ref a, ref b);
            a.Store(first + c);
            b.Store(second + c);
        }
        for (; c < channels; c++)
            AddOne<TOp>(gradient[c], x[c], p + c, pStep, first + c, second + c);
    }

    [SkipLocalsInit]
    private static void AddPlane<TOp>(float* gradient, float* x, int pixels, float* p, int pStep, float* first, float* second)
        where TOp : struct, ISumOp
    {
        var lanes = stackalloc float[2 * Lanes];
        Vector<float> p0 = new(p[0]), p1 = new(p[pStep]), p2 = new(p[2 * pStep]);
        var whole = pixels - pixels % Lanes;
        for (var lane = 0; lane < Lanes; lane += Vector<float>.Count)
        {
            var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
            for (var i = lane; i < whole; i += Lanes)
                TOp.Add(Vector.Load(gradient + i), Vector.Load(x + i), p0, p1, p2, ref a, ref b);
            a.Store(lanes + lane);
            b.Store(lanes + Lanes + lane);
        }
        for (var i = whole; i < pixels; i++)
            AddOne<TOp>(gradient[i], x[i], p, pStep, lanes + i - whole, lanes + Lanes + i - whole);
        for (var lane = 0; lane < Lanes; lane++)
            (first[lane * Block], second[lane * Block]) = (lanes[lane], lanes[Lanes + lane]);
    }

    private static void AddOne<TOp>(float gradient, float x, float* p, int pStep, float* first, float* second) where TOp : struct, ISumOp
    {
        Vector<float> a = new(*first), b = new(*second);
        TOp.Add(new(gradient), new(x), new(p[0]), new(p[pStep]), new(p[2 * pStep]), ref a, ref b);
        (*first, *second) = (a[0], b[0]);
    }

    /// <summary>Adds up the lanes pair by pair, into the first.</summary>
    private static void Fold(float* sums)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
            Elementwise.Add(sums, sums + half * Block, half * Block);
    }
}
