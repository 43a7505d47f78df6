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

        var result = Tensor.Empty("cat", Shape.With(first.Sizes, d, tensors.Sum(t => t.Sizes[d])), first.dtype);
        var outer = Shape.Product(first.Sizes[..d]);
        var (row, at) = (result.Count / Math.Max(1, outer), 0);
        var edges = new (Tensor, Gradient)[tensors.Count];
        long start = 0;
        for (var i = 0; i < tensors.Count; i++)
        {
            var (from, length, width) = (start, tensors[i].Sizes[d], tensors[i].Count / Math.Max(1, outer));
            for (var o = 0; o < outer; o++)
                tensors[i].Copy(o * width, result, o * row + at, width);
            edges[i] = (tensors[i], (g, _) => g.narrow(d, from, length).clone());
            start += length;
            at += width;
        }
        return Node.Record("cat", result, [], edges);
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
