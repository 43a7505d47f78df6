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

        var images = d == 1 && Tensor.ShareChannelsLast([.. tensors]);
        var shape = Shape.With(first.Sizes, d, tensors.Sum(t => t.Sizes[d]));
        var result = images ? Tensor.EmptyImages("cat", shape, channelsLast: true) : Tensor.Empty("cat", shape, first.dtype);
        var outer = Shape.Product(first.Sizes[..d]);
        var (row, at) = (result.Count / Math.Max(1, outer), 0);
        var edges = new (Tensor, Gradient)[tensors.Count];
        long start = 0;
        for (var i = 0; i < tensors.Count; i++)
        {
            var (from, length, width) = (start, tensors[i].Sizes[d], tensors[i].Count / Math.Max(1, outer));
            if (images)
                CopyChannels(tensors[i], 0, result, (int)from, (int)length);
            for (var o = 0; !images && o < outer; o++)
                tensors[i].Copy(o * width, result, o * row + at, width);
            edges[i] = (tensors[i], (g, _) =>
            {
                if (!images || !g.IsChannelsLast)
                    return g.narrow(d, from, length).clone();
                var part = Tensor.EmptyImages("cat", Shape.With(g.Sizes, d, length), channelsLast: true);
                CopyChannels(g, (int)from, part, 0, (int)length);
                return part;
            });
            start += length;
            at += width;
        }
        return Node.Record("cat", result, [], edges);

        static unsafe void CopyChannels(Tensor source, int from, Tensor target, int to, int count) => ChannelsLast.Copy(
            source.Unordered + from, (int)source.Sizes[1], target.Unordered + to, (int)target.Sizes[1],
            source.Count / (int)source.Sizes[1], count);
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
