using System.Collections;

namespace Fgsm.Tensors;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements, for reading and writing; they stay the tensor's own.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the element type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            RequireType<T>("data");
            return new TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor with one element.</summary>
        /// <exception cref="InvalidOperationException">It has more or fewer.</exception>
        public T item<T>() where T : unmanaged
        {
            RequireType<T>("item");
            if (NumberOfElements != 1)
                throw new InvalidOperationException(
                    $"item: a tensor of shape {Shape.Text(sizes)} has {NumberOfElements} elements; expected 1");
            return Span<T>()[0];
        }

        public float ToSingle() => to_type(ScalarType.Float32).item<float>();
        public long ToInt64() => to_type(ScalarType.Int64).item<long>();

        private void RequireType<T>(string op) where T : unmanaged
        {
            if (storage is not Storage<T>)
                throw new ArgumentException($"{op}: the tensor holds {dtype.Name()}, not {typeof(T).Name}");
        }
    }
}

/// <summary>Reads and writes a tensor's elements by index.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;

    internal TensorAccessor(torch.Tensor tensor) => this.tensor = tensor;

    public long Count => tensor.NumberOfElements;

    public T this[params long[] indices]
    {
        get => tensor.Span<T>()[Index(indices)];
        set
        {
            tensor.Span<T>()[Index(indices)] = value;
            tensor.Version++;
        }
    }

    public T[] ToArray() => tensor.Span<T>().ToArray();

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        tensor.Span<T>()[(int)tensorIndex..].CopyTo(array.AsSpan(arrayIndex));

    public void CopyFrom(ReadOnlySpan<T> values)
    {
        values.CopyTo(tensor.Span<T>());
        tensor.Version++;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return tensor.Span<T>()[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Index(long[] indices)
    {
        var sizes = tensor.Sizes;
        if (indices.Length == 1 && sizes.Length != 1)
            return checked((int)indices[0]);
        if (indices.Length != sizes.Length)
            throw new ArgumentException($"data: {indices.Length} indices for shape {Shape.Text(sizes)}");
        var index = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= sizes[i])
                throw new ArgumentOutOfRangeException(
                    nameof(indices), $"data: index {indices[i]} is out of range for dimension {i} of shape {Shape.Text(sizes)}");
            index = index * sizes[i] + indices[i];
        }
        return (int)index;
    }
}
