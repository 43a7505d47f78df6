namespace Fgsm.Certified;

/// <summary>
/// The largest value of each window. Below: the value whose low end is highest. Above: the same where it is at least as high as all
/// others' high ends, so that the window is decided; else the lower one, in the middle of the box, of the highest high end and a plane
/// c + sum of s[i] * (z[i] - l[i]): Boopathy, Weng, Chen, Liu, Daniel, "CNN-Cert: An Efficient Framework for Certifying Robustness of
/// Convolutional Neural Networks", 2019, https://arxiv.org/abs/1811.12395, table 3.
/// </summary>
/// <remarks>
/// The maximum is convex, so that a plane with slopes of 0 or more is above it in the box if it is at the corners, that is if c is at least
/// every low end, and c + s[i] * (h[i] - l[i]) at least h[i]. That holds for any s, rounded or not; c is off by less than 4 * Unit * m, m
/// the largest |z| in the window, and rounding a * s[i] costs u * |a| * 2m. A value in n windows gets a sum of n coefficients, off by less
/// than n * Unit times their absolute values. With n values in a window all of it is below (n + 2)^2 * Unit * |a| * m.
/// </remarks>
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
        var (low, high) = input;
        var from = bound.MoveTo(Inputs);
        var to = bound.Coefficients;
        for (var o = 0; o < from.Length; o++)
        {
            if (from[o] == 0)
                continue;
            var (window, best, rival) = (Windows[o], Windows[o][0], double.NegativeInfinity);
            foreach (var i in window)
                if (low[i] > low[best])
                    best = i;
            var (top, largest) = (high[best], 0.0);
            foreach (var i in window)
            {
                (top, largest) = (Math.Max(top, high[i]), Math.Max(largest, Math.Max(-low[i], high[i])));
                if (i != best)
                    rival = Math.Max(rival, high[i]);
            }
            bound.AddError((window.Length + 2) * (window.Length + 2) * LinearBound.Unit * Math.Abs(from[o]) * largest);
            if (from[o] > 0 || low[best] >= rival)
                to[best] += from[o];
            else
                Plane(bound, input, window, from[o], low[best], top);
        }
    }

    /// <param name="floor">The highest low end in the window.</param>
    /// <param name="top">The highest high end.</param>
    private static void Plane(LinearBound bound, Box input, int[] window, double a, double floor, double top)
    {
        var (low, high) = input;
        var to = bound.Coefficients;
        // Values below the floor are never the largest. With the lowest high end of the others as the base, slopes are from 0 to 1.
        var least = top;
        foreach (var i in window)
            if (high[i] > floor)
                least = Math.Min(least, high[i]);
        double Slope(int i) => high[i] > floor ? (high[i] - least) / (high[i] - low[i]) : 0;
        var (c, rise) = (floor, 0.0);
        foreach (var i in window)
        {
            var reach = Slope(i) * (high[i] - low[i]);
            (c, rise) = (Math.Max(c, high[i] - reach), rise + reach);
        }
        if (c + rise / 2 >= top)
        {
            bound.Add(a * top);
            return;
        }
        bound.Add(a * c);
        foreach (var i in window)
            if (a * Slope(i) is var coefficient && coefficient != 0)
            {
                to[i] += coefficient;
                bound.Add(-coefficient * low[i]);
            }
    }
}
