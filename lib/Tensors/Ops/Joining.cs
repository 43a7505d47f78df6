using Fgsm.Tensors.Autograd;
using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>Joins tensors along a dimension; all other sizes must be equal.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        if (tensors.Count == 0)
            throw new ArgumentException("cat: expected at least one tensor");
        var first = tensors[0];
        var d = Shape.Dimension("cat", dim, (int)first.ndim);
        foreach (var tensor in tensors)
            if (tensor.ndim != first.ndim || tensor.dtype != first.dtype
                || !Shape.Without(tensor.Sizes, d).AsSpan().SequenceEqual(Shape.Without(first.Sizes, d)))
                throw new ArgumentException(
                    $"cat: {tensor.dtype.Name()} of shape {Shape.Text(tensor.Sizes)} cannot be joined "
                    + $"to {first.dtype.Name()} of shape {Shape.Text(first.Sizes)} along dimension {d}");

        var channelsLast = d == 1 && Tensor.ShareChannelsLast([.. tensors]);
        var shape = Shape.With(first.Sizes, d, tensors.Sum(t => t.Sizes[d]));
        var result = channelsLast ? Tensor.EmptyImages("cat", shape, channelsLast) : Tensor.Empty("cat", shape, first.dtype);
        switch (first.dtype)
        {
            case ScalarType.Float32 when channelsLast: JoinChannels(); break;
            case ScalarType.Float32: Join<float>(); break;
            case ScalarType.Int64: Join<long>(); break;
            default: Join<bool>(); break;
        }
        var edges = new (Tensor, Gradient)[tensors.Count];
        long start = 0;
        for (var i = 0; i < tensors.Count; i++)
        {
            var (from, length) = (start, tensors[i].Sizes[d]);
            edges[i] = (tensors[i], (g, _) =>
                g.IsChannelsLast && d == 1 ? Channels(g, (int)from, (int)length) : g.narrow(d, from, length).clone());
            start += length;
        }
        return Node.Record("cat", result, [], edges);

        unsafe void JoinChannels()
        {
            var to = result.Unordered;
            foreach (var tensor in tensors)
            {
                var channels = (int)tensor.Sizes[1];
                ChannelsLast.Copy(
                    tensor.Unordered, channels, to, (int)shape[1], result.Count / (int)shape[1], channels);
                to += channels;
            }
        }

        static unsafe Tensor Channels(Tensor images, int start, int count)
        {
            var part = Tensor.EmptyImages("cat", Shape.With(images.Sizes, 1, count), channelsLast: true);
            var total = (int)images.Sizes[1];
            ChannelsLast.Copy(images.Unordered + start, total, part.Unordered, count, images.Count / total, count);
            return part;
        }

        void Join<T>() where T : unmanaged
        {
            var outer = Shape.Product(first.Sizes[..d]);
            var row = result.Count / Math.Max(1, outer);
            var at = 0;
            foreach (var tensor in tensors)
            {
                var width = tensor.Count / Math.Max(1, outer);
                for (var o = 0; o < outer; o++)
                    tensor.Span<T>().Slice(o * width, width).CopyTo(result.Span<T>()[(o * row + at)..]);
                at += width;
            }
        }
    }

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var list = tensors.ToList();
        if (list.Count == 0)
            throw new ArgumentException("stack: expected at least one tensor");
        foreach (var tensor in list)
            if (!tensor.Sizes.SequenceEqual(list[0].Sizes))
                throw new ArgumentException(
                    $"stack: expected equal shapes, got {Shape.Text(list[0].Sizes)} and {Shape.Text(tensor.Sizes)}");
        return cat([.. list.Select(t => t.unsqueeze(dim))], Shape.Dimension("stack", dim, (int)list[0].ndim + 1));
    }
}
