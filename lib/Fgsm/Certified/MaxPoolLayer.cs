namespace Fgsm.Certified;

/// <summary>
/// The largest value of each window. Below: the value whose low end is highest. Above: the same where it is at least as high as all
/// others' high ends, so that the window is decided, else the highest high end. Nothing is rounded.
/// </summary>
/// <param name="Size">The number of values that go in.</param>
/// <param name="Windows">The numbers of the values in each window.</param>
internal sealed record MaxPoolLayer(int Size, int[][] Windows) : Layer(Size, Windows.Length)
{
    public override bool IsUndecided(Box input, int value) => input.Low[value] < input.High[value];

    public override Box Propagate(Box input) => new(
        Array.ConvertAll(Windows, window => window.Max(i => input.Low[i])),
        Array.ConvertAll(Windows, window => window.Max(i => input.High[i])));

    public override void Back(LinearBound bound, Box input)
    {
        var from = bound.MoveTo(Inputs);
        var to = bound.Coefficients;
        for (var o = 0; o < from.Length; o++)
        {
            if (from[o] == 0)
                continue;
            var (best, rival, top) = (Windows[o][0], double.NegativeInfinity, double.NegativeInfinity);
            foreach (var i in Windows[o])
                if (input.Low[i] > input.Low[best])
                    best = i;
            foreach (var i in Windows[o])
            {
                top = Math.Max(top, input.High[i]);
                if (i != best)
                    rival = Math.Max(rival, input.High[i]);
            }
            if (from[o] > 0 || input.Low[best] >= rival)
                to[best] += from[o];
            else
                bound.Add(from[o] * top);
        }
    }
}
