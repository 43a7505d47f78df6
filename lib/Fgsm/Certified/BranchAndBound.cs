namespace Fgsm.Certified;

/// <summary>
/// Whether any image in a box is taken for another class, by cases: where linear bounds leave it open, one undecided ReLU is split into
/// its two cases, and so on until every case is proved, or an image is found. In each case the splits are linear constraints, with which
/// a linear program finds the best bound. Bunel, Lu, Turkaslan, Torr, Kohli, Kumar, "Branch and Bound for Piecewise Linear Neural Network
/// Verification", 2020, https://arxiv.org/abs/1909.06588; with CROWN's bounds.
/// </summary>
/// <remarks>
/// Sound in floating point, as <see cref="LinearBound"/>: the program's multipliers are rounded numbers, but any multipliers that are not
/// negative prove what <see cref="LinearRow.Minimum"/> computes from them, and an image that is found is tried.
/// </remarks>
internal sealed class BranchAndBound(LayeredNetwork network, int label, int nodeLimit, CancellationToken cancellation)
{
    /// <summary>The cases looked at so far, in all questions.</summary>
    public int Nodes { get; private set; }

    /// <param name="counterexample">An image in the box whose label has not the highest logit; null where none was found.</param>
    /// <returns>Whether all images in the box are proved.</returns>
    public bool Prove(Box box, out double[]? counterexample)
    {
        counterexample = null;
        var whole = new NetworkBounds(network, box);
        if (whole.IntervalMargin(label) > 0)
            return true;
        whole.Tighten(cancellation);
        foreach (var other in Enumerable.Range(0, network.Classes).Where(other => other != label))
            if (!Prove(box, other, whole, out counterexample))
                return false;
        return true;
    }

    private bool Prove(Box box, int other, NetworkBounds whole, out double[]? counterexample)
    {
        counterexample = null;
        var open = new Stack<Split[]>([[]]);
        for (var nodes = 0; open.TryPop(out var splits); nodes++)
        {
            if (nodes == nodeLimit)
                return false;
            cancellation.ThrowIfCancellationRequested();
            Nodes++;
            var bounds = splits.Length == 0 ? whole : new NetworkBounds(network, box, splits);
            if (splits.Length > 0)
                bounds.Tighten(cancellation);
            if (bounds.IsEmpty)
                continue;
            var (margin, rows) = (bounds.Difference(label, other), bounds.SplitRows());
            if (LinearRow.Minimum(margin, [], [], box) > 0)
                continue;
            var program = new BoxProgram(margin.Coefficients, rows, box);
            if (LinearRow.Minimum(program.IsInfeasible ? null : margin, rows, program.Multipliers, box) > 0)
                continue;
            if (IsWrong(program.Solution, other))
            {
                counterexample = program.Solution;
                return false;
            }
            // All ReLUs are decided, and the answer is within rounding of 0.
            if (bounds.Costliest(label, other) is not var (layer, value))
                return false;
            open.Push([.. splits, new(layer, value, false)]);
            open.Push([.. splits, new(layer, value, true)]);
        }
        return true;
    }

    /// <summary>Whether an image's label has a logit that is no higher than another one, with certainty.</summary>
    public bool IsWrong(double[] pixels, int other) =>
        new NetworkBounds(network, new(pixels, pixels)) is var point && point.Logits.High[label] <= point.Logits.Low[other];
}
