namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>The generator from which every random op draws, PyTorch's own; it has PyTorch's default seed at first.</summary>
    internal static readonly Generator generator = new();

    /// <summary>Seeds the generator; the random numbers that follow are those of PyTorch with this seed.</summary>
    public static void manual_seed(long seed) => generator.manual_seed((ulong)seed);

    /// <summary>What TorchSharp keeps here, as PyTorch does.</summary>
    public static class random
    {
        /// <summary>The generator's state, uint8: byte for byte what PyTorch's generator has after the same draws.</summary>
        public static Tensor get_rng_state() => tensor(generator.get_state());

        /// <summary>Goes on from a state that <see cref="get_rng_state"/>, here or in PyTorch, gave.</summary>
        /// <exception cref="ArgumentException">It is no such state.</exception>
        public static void set_rng_state(Tensor new_state) => generator.set_state(new_state.data<byte>().ToArray());
    }

    public static Tensor empty(params long[] size) => Tensor.Empty("empty", size);
    public static Tensor empty(long[] size, ScalarType dtype) => Tensor.Empty("empty", size, dtype);
    public static Tensor zeros(params long[] size) => full(size, 0);
    public static Tensor zeros(long[] size, ScalarType dtype) => full(size, 0, dtype);
    public static Tensor ones(params long[] size) => full(size, 1);
    public static Tensor ones(long[] size, ScalarType dtype) => full(size, 1, dtype);
    public static Tensor zeros_like(Tensor input) => full(input.shape, 0, input.dtype);
    public static Tensor ones_like(Tensor input) => full(input.shape, 1, input.dtype);
    public static Tensor empty_like(Tensor input) => Tensor.Empty("empty_like", input.Sizes, input.dtype);
    public static Tensor full_like(Tensor input, Scalar value) => full(input.shape, value, input.dtype);

    public static Tensor full(long[] size, Scalar value, ScalarType dtype = ScalarType.Float32) =>
        Tensor.Empty("full", size, dtype).fill_(value);

    public static Tensor tensor(float value, bool requires_grad = false) => From([value], []).requires_grad_(requires_grad);
    public static Tensor tensor(long value) => From([value], []);
    public static Tensor tensor(bool value) => From([value], []);
    public static Tensor tensor(float[] values, bool requires_grad = false) =>
        From<float>(values, [values.Length]).requires_grad_(requires_grad);
    public static Tensor tensor(long[] values) => From<long>(values, [values.Length]);
    public static Tensor tensor(bool[] values) => From<bool>(values, [values.Length]);
    public static Tensor tensor(byte[] values) => From<byte>(values, [values.Length]);
    public static Tensor tensor(float[] values, long[] dimensions, bool requires_grad = false) =>
        From<float>(values, dimensions).requires_grad_(requires_grad);
    public static Tensor tensor(long[] values, long[] dimensions) => From<long>(values, dimensions);
    public static Tensor tensor(bool[] values, long[] dimensions) => From<bool>(values, dimensions);

    private static Tensor From<T>(ReadOnlySpan<T> values, long[] size) where T : unmanaged
    {
        var type = typeof(T) == typeof(float) ? ScalarType.Float32 : typeof(T) == typeof(long) ? ScalarType.Int64
            : typeof(T) == typeof(byte) ? ScalarType.Byte : ScalarType.Bool;
        if (Shape.Count("tensor", size) != values.Length)
            throw new ArgumentException($"tensor: {values.Length} values do not fill shape {Shape.Text(size)}");
        var result = Tensor.Empty("tensor", size, type);
        values.CopyTo(result.Span<T>());
        return result;
    }

    /// <summary>start, start + step, ... up to but without stop: int64.</summary>
    public static Tensor arange(long start, long stop, long step = 1)
    {
        if (step == 0 || (stop - start) * Math.Sign(step) < 0)
            throw new ArgumentException($"arange: step {step} does not lead from {start} to {stop}");
        var result = Tensor.Empty("arange", [(stop - start + step - Math.Sign(step)) / step], ScalarType.Int64);
        var values = result.Span<long>();
        for (var i = 0; i < values.Length; i++)
            values[i] = start + i * step;
        return result;
    }

    public static Tensor arange(long stop) => arange(0, stop);

    /// <summary>Uniform numbers in [0, 1): PyTorch's own bits for the same seed.</summary>
    public static Tensor rand(params long[] size) => Tensor.Empty("rand", size).uniform_(0, 1);

    /// <summary>Standard normal numbers: PyTorch's values for the same seed, to float32 rounding.</summary>
    public static Tensor randn(params long[] size) => Tensor.Empty("randn", size).normal_();

    /// <summary>A random order of 0 to <paramref name="n"/> - 1, int64: PyTorch's own for the same seed.</summary>
    public static Tensor randperm(long n)
    {
        var result = Tensor.Empty("randperm", [n], ScalarType.Int64);
        generator.RandPerm(result.Span<long>());
        return result;
    }

    /// <summary>Integers from <paramref name="low"/> to <paramref name="high"/> - 1, int64.</summary>
    public static Tensor randint(long low, long high, params long[] size)
    {
        if (low >= high)
            throw new ArgumentException($"randint: expected low < high, got {low} and {high}");
        var result = Tensor.Empty("randint", size, ScalarType.Int64);
        generator.FillRandInt(result.Span<long>(), low, high);
        return result;
    }

    public static Tensor rand_like(Tensor input) => rand(input.shape);
    public static Tensor randn_like(Tensor input) => randn(input.shape);

    public partial class Tensor
    {
        public static implicit operator Tensor(bool value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor((long)value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor((float)value);
        public static implicit operator Tensor(Scalar scalar) => full([], scalar, scalar.Type);

        public Tensor fill_(Scalar value)
        {
            BeginInPlace("fill_");
            switch (dtype)
            {
                case ScalarType.Float32: Span<float>().Fill(value.ToSingle()); break;
                case ScalarType.Int64: Span<long>().Fill(value.ToInt64()); break;
                default: Span<bool>().Fill(value.ToBoolean()); break;
            }
            return this;
        }

        public Tensor zero_() => fill_(0);

        public Tensor uniform_(double from, double to)
        {
            BeginInPlace("uniform_");
            RequireFloat("uniform_", this);
            generator.FillUniform(Span<float>(), from, to);
            return this;
        }

        public Tensor normal_(double mean = 0, double std = 1)
        {
            BeginInPlace("normal_");
            RequireFloat("normal_", this);
            generator.FillNormal(Span<float>(), mean, std);
            return this;
        }

        /// <summary>Copies the elements of <paramref name="source"/>, which broadcasts to this shape, into this tensor.</summary>
        public Tensor copy_(Tensor source)
        {
            BeginInPlace("copy_");
            if (!Shape.Broadcast("copy_", sizes, source.sizes).AsSpan().SequenceEqual(sizes))
                throw new ArgumentException($"copy_: shape {Shape.Text(source.sizes)} does not broadcast to {Shape.Text(sizes)}");
            CopyFrom(source.detach().expand(sizes).to_type(dtype));
            return this;
        }
    }
}
