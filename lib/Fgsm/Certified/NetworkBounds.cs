namespace Fgsm.Certified;

/// <summary>Bounds of every value of a network for all images in a box.</summary>
internal sealed class NetworkBounds
{
    private readonly IReadOnlyList<Layer> layers;
    private readonly Box[] boxes;
    private readonly LinearBound bound;

    /// <summary>Interval bounds.</summary>
    public NetworkBounds(LayeredNetwork network, Box pixels)
    {
        (layers, boxes, bound) = (network.Layers, new Box[network.Layers.Count + 1], new(network.Largest));
        boxes[0] = pixels;
        Propagate(0);
    }

    private void Propagate(int from)
    {
        for (var k = from; k < layers.Count; k++)
            boxes[k + 1] = layers[k].Propagate(boxes[k]);
    }

    /// <summary>
    /// Linear bounds of the values that go into ReLU or pooling behind an affine layer, where the intervals leave open what these do; the
    /// tighter of both is kept, and intervals go on from there.
    /// </summary>
    public void Tighten(CancellationToken cancellation)
    {
        for (var k = 1; k < layers.Count; k++)
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
        bound.Begin(boxes[from].Low.Length);
        foreach (var (value, factor) in sum)
            bound.Coefficients[value] = factor;
        for (var k = from - 1; k >= to; k--)
            layers[k].Back(bound, boxes[k]);
        return bound.Minimum(boxes[to]);
    }

    /// <summary>The interval of each logit.</summary>
    public Box Logits => boxes[^1];

    /// <summary>The intervals of what goes into a layer.</summary>
    public Box Inputs(int layer) => boxes[layer];
}
