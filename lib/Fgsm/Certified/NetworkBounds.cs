namespace Fgsm.Certified;

/// <summary>Bounds of every value of a network for all images in a box.</summary>
internal sealed class NetworkBounds
{
    private readonly IReadOnlyList<Layer> layers;
    private readonly Box[] boxes;
    private readonly LinearBound bound;

    private readonly IReadOnlyList<Split> splits;

    /// <summary>Interval bounds.</summary>
    /// <param name="splits">What is taken for granted of some values.</param>
    public NetworkBounds(LayeredNetwork network, Box pixels, params IReadOnlyList<Split> splits)
    {
        (layers, boxes, bound) = (network.Layers, new Box[network.Layers.Count + 1], new(network.Largest));
        (boxes[0], this.splits) = (pixels, splits);
        Propagate(0);
    }

    /// <summary>Whether no image in the box fits the splits.</summary>
    public bool IsEmpty { get; private set; }

    private void Propagate(int from)
    {
        for (var k = from; k < layers.Count && !IsEmpty; k++)
        {
            boxes[k + 1] = layers[k].Propagate(boxes[k]);
            foreach (var (layer, value, positive) in splits)
                if (layer == k + 1)
                {
                    var (low, high) = boxes[layer];
                    (low[value], high[value]) = positive ? (Math.Max(low[value], 0), high[value]) : (low[value], Math.Min(high[value], 0));
                    IsEmpty |= low[value] > high[value];
                }
        }
    }

    /// <summary>
    /// Linear bounds of the values that go into ReLU or pooling behind an affine layer, where the intervals leave open what these do; the
    /// tighter of both is kept, and intervals go on from there.
    /// </summary>
    public void Tighten(CancellationToken cancellation)
    {
        for (var k = 1; k < layers.Count && !IsEmpty; k++)
        {
            if (layers[k].IsAffine || !layers[k - 1].IsAffine)
                continue;
            var (low, high) = boxes[k];
            for (var i = 0; i < low.Length; i++)
            {
                if (!layers[k].IsUndecided(boxes[k], i))
                    continue;
                cancellation.ThrowIfCancellationRequested();
                low[i] = Math.Max(low[i], Minimum(k, 0, (i, 1)));
                high[i] = Math.Min(high[i], -Minimum(k, 0, (i, -1)));
                IsEmpty |= low[i] > high[i];
            }
            Propagate(k);
        }
    }

    /// <summary>
    /// A lower bound of how far the label's logit is above the highest other one, by intervals of the values that go into the last affine
    /// layers.
    /// </summary>
    public double IntervalMargin(int label) => Margin(label, layers.Count - layers.Reverse().TakeWhile(layer => layer.IsAffine).Count());

    /// <summary>The same by linear bounds in the pixels.</summary>
    public double LinearMargin(int label) => Margin(label, 0);

    private double Margin(int label, int layer) => Enumerable.Range(0, boxes[^1].Low.Length).Where(other => other != label)
        .Min(other => Minimum(layers.Count, layer, (label, 1), (other, -1)));

    /// <summary>A lower bound of a sum of values that go into one layer, by the intervals of those that go into an earlier one.</summary>
    private double Minimum(int from, int to, params ReadOnlySpan<(int Value, double Factor)> sum)
    {
        Begin(from, sum);
        for (var k = from - 1; k >= to; k--)
            layers[k].Back(bound, boxes[k]);
        return bound.Minimum(boxes[to]);
    }

    private void Begin(int layer, ReadOnlySpan<(int Value, double Factor)> sum)
    {
        bound.Begin(boxes[layer].Low.Length);
        foreach (var (value, factor) in sum)
            bound.Coefficients[value] = factor;
    }

    /// <summary>A lower bound in the pixels of a sum of values that go into one layer.</summary>
    private LinearRow Row(int layer, params ReadOnlySpan<(int Value, double Factor)> sum)
    {
        Begin(layer, sum);
        for (var k = layer - 1; k >= 0; k--)
            layers[k].Back(bound, boxes[k]);
        return new([.. bound.Coefficients], bound.Constant);
    }

    /// <summary>A lower bound of how far one logit is above another, linear in the pixels.</summary>
    public LinearRow Difference(int label, int other) => Row(layers.Count, (label, 1), (other, -1));

    /// <summary>For each split a lower bound, linear in the pixels, of what it says is not positive.</summary>
    public LinearRow[] SplitRows() => [.. splits.Select(split => Row(split.Layer, (split.Value, split.Positive ? -1 : 1)))];

    /// <summary>
    /// The undecided ReLU whose triangle costs most in a lower bound of one logit less another; null where all are decided, so that the
    /// bound is exact.
    /// </summary>
    public (int Layer, int Value)? Costliest(int label, int other)
    {
        (int, int)? costliest = null;
        var most = -1.0;
        Begin(layers.Count, [(label, 1), (other, -1)]);
        for (var k = layers.Count - 1; k >= 0; k--)
        {
            var (low, high) = boxes[k];
            var a = bound.Coefficients;
            for (var i = 0; layers[k].IsRelu && i < a.Length; i++)
            {
                var cost = Math.Abs(a[i]) * -low[i] * high[i] / (high[i] - low[i]);
                if (layers[k].IsUndecided(boxes[k], i) && cost > most)
                    (most, costliest) = (cost, (k, i));
            }
            layers[k].Back(bound, boxes[k]);
        }
        return costliest;
    }

    /// <summary>The interval of each logit.</summary>
    public Box Logits => boxes[^1];

    /// <summary>The intervals of what goes into a layer.</summary>
    public Box Inputs(int layer) => boxes[layer];
}
