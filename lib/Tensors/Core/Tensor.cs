namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>
    /// An array of float32, int64, uint8 or bool in row-major order. Names and behaviour are PyTorch's. Every tensor is contiguous:
    /// reshape, flatten and slices of the first dimension share memory with their source, transpose, permute, expand and
    /// slices of other dimensions copy.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private readonly Storage storage;
        private readonly int offset;
        private readonly long[] sizes;
        private bool disposed;
        internal DisposeScope? scope;

        /// <summary>This value's place in the gradient graph; null for a tensor that needs no gradient.</summary>
        internal Node? node;

        internal Tensor(Storage storage, int offset, long[] sizes, ScalarType dtype)
        {
            this.storage = storage;
            this.offset = offset;
            this.sizes = sizes;
            this.dtype = dtype;
            NumberOfElements = Shape.Product(sizes);
            DisposeScope.Current?.Attach(this);
        }

        /// <summary>Another tensor on the same memory, in no scope.</summary>
        internal Tensor(Tensor source, int offset, long[] sizes)
        {
            source.RequireAlive();
            if (source.IsChannelsLast && !sizes.AsSpan().SequenceEqual(source.sizes))
                source.ToRowMajor();
            source.storage.Retain();
            storage = source.storage;
            this.offset = source.offset + offset;
            this.sizes = sizes;
            dtype = source.dtype;
            NumberOfElements = Shape.Product(sizes);
        }

        internal static Tensor Empty(string op, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32)
        {
            var count = Shape.Count(op, shape);
            Storage storage = dtype switch
            {
                ScalarType.Float32 => new Storage<float>(count),
                ScalarType.Int64 => new Storage<long>(count),
                ScalarType.Byte => new Storage<byte>(count),
                ScalarType.Bool => new Storage<bool>(count),
                _ => throw new ArgumentException($"{op}: dtype {dtype.Name()} is not supported; expected float32, int64, uint8 or bool"),
            };
            return new Tensor(storage, 0, shape.ToArray(), dtype);
        }

        internal Tensor View(int offset, long[] sizes)
        {
            var view = new Tensor(this, offset, sizes);
            DisposeScope.Current?.Attach(view);
            return view;
        }

        /// <summary>Sizes of the dimensions, for instance <c>[N, C, H, W]</c>.</summary>
        public long[] shape => (long[])sizes.Clone();
        internal ReadOnlySpan<long> Sizes => sizes;
        public ScalarType dtype { get; }
        public Device device => CPU;

        public long dim() => sizes.Length;
        public long ndim => sizes.Length;
        public long NumberOfElements { get; }
        public long numel() => NumberOfElements;
        public long[] size() => shape;
        public long size(int dim) => sizes[Shape.Dimension("size", dim, sizes.Length)];

        /// <summary>Always true.</summary>
        public bool is_contiguous() => true;
        public Tensor contiguous() => this;

        internal int Count => (int)NumberOfElements;
        internal int Version { get => storage.Version; set => storage.Version = value; }
        internal object StorageKey => storage;
        internal KeptForms Kept => storage.Kept ?? Interlocked.CompareExchange(ref storage.Kept, new KeptForms(), null) ?? storage.Kept;
        internal int Offset => offset;
        internal bool IsShared => storage.IsShared;

        internal Span<T> Span<T>() where T : unmanaged
        {
            RequireAlive();
            ToRowMajor();
            return Memory<T>().Span(offset, Count);
        }

        /// <summary>Copies elements, numbered in row-major order, to another tensor of the same type.</summary>
        internal void Copy(int from, Tensor target, int to, int count)
        {
            RequireAlive();
            target.RequireAlive();
            ToRowMajor();
            target.ToRowMajor();
            storage.Copy(offset + from, target.storage, target.offset + to, count);
        }

        /// <summary>The first element's address. The array is pinned; the caller keeps the tensor alive.</summary>
        internal unsafe T* Pointer<T>() where T : unmanaged
        {
            RequireAlive();
            ToRowMajor();
            var memory = Memory<T>();
            return (T*)Unsafe.AsPointer(ref memory.Array[memory.Start + offset]);
        }

        private Storage<T> Memory<T>() where T : unmanaged =>
            storage as Storage<T> ?? throw new NotSupportedException($"this op has no {dtype.Name()} form");

        internal unsafe float* Floats => Pointer<float>();

        private void RequireAlive() => ObjectDisposedException.ThrowIf(disposed, this);

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            scope?.Detach(this);
            storage.Release();
            GC.SuppressFinalize(this);
        }

        /// <summary>Shape, type and, of a small tensor, the elements: "[3], type = Float32, device = cpu, value = [0.5, 1, -2]".</summary>
        public override string ToString()
        {
            var text = $"[{string.Join("x", sizes)}], type = {dtype}, device = {device}";
            if (disposed || NumberOfElements > 16)
                return text;
            var values = dtype switch
            {
                ScalarType.Float32 =>
                    Span<float>().ToArray().Select(v => v.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)),
                ScalarType.Int64 => Span<long>().ToArray().Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ScalarType.Byte => Span<byte>().ToArray().Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                _ => Span<bool>().ToArray().Select(v => v ? "true" : "false"),
            };
            return $"{text}, value = [{string.Join(", ", values)}]";
        }

        public bool IsInvalid => disposed;

        /// <summary>Moves this tensor to the scope around the one that it is in.</summary>
        public Tensor MoveToOuterDisposeScope() => scope?.MoveToOuter(this) ?? this;

        /// <summary>Takes this tensor out of its scope; the caller disposes it.</summary>
        public Tensor DetachFromDisposeScope() => scope?.Detach(this) ?? this;
    }
}
