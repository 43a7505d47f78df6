namespace Fgsm.Results.Svg;

/// <summary>Where an axis has its marks: round numbers that cover a range.</summary>
internal sealed class Ticks
{
    // Beyond, the width of a range would overflow: what is larger is drawn at the edge.
    private const double Largest = 1e300;

    private readonly double step;

    private Ticks(double min, double max, double step) => (Min, Max, this.step) = (min, max, step);

    /// <summary>Where the axis starts.</summary>
    public double Min { get; }

    /// <summary>Where the axis ends.</summary>
    public double Max { get; }

    /// <summary>The marks, ascending.</summary>
    public IEnumerable<double> Values
    {
        get
        {
            // Integer multiples of the step: no sum that drifts.
            for (var i = Math.Ceiling(Min / step - 1e-9); i * step <= Max + step * 1e-9; i++)
                yield return i * step;
        }
    }

    /// <summary>Ticks for data, given what the axis itself demands.</summary>
    public static Ticks For(IEnumerable<double> data, Axis axis, bool fromZero = false, int about = 6)
    {
        double[] finite = [.. data.Where(double.IsFinite).Select(Drawable)];
        var (from, to) = (Bound(axis.Min), Bound(axis.Max));
        var min = from ?? (finite.Length == 0 ? 0 : finite.Min());
        var max = to ?? (finite.Length == 0 ? 1 : finite.Max());
        if (fromZero)
            (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        (min, max) = Widened(min, max);

        // Epochs and the like have no halves.
        var whole = finite.Length > 0 && finite.All(double.IsInteger) && max - min >= 1;
        var step = Math.Max(NiceStep((max - min) / about), whole ? 1 : 0);
        return new Ticks(
            from ?? Math.Floor(min / step + 1e-9) * step,
            to is null || !(to > min) ? Math.Ceiling(max / step - 1e-9) * step : max,
            step);
    }

    /// <summary>The range, or one around it where its ends differ in nothing but their last bits.</summary>
    public static (double Min, double Max) Widened(double min, double max)
    {
        const double bits = 1e-11, smallest = 1e-290;
        if (max - min > Math.Max(bits * Math.Max(Math.Abs(min), Math.Abs(max)), smallest))
            return (min, max);
        var room = Math.Abs(min) < 1e6 ? 0.5 : Math.Abs(min) / 10;
        return (min - room, min + room);
    }

    /// <summary>The finite number as a drawing can place it.</summary>
    public static double Drawable(double value) => Math.Clamp(value, -Largest, Largest);

    /// <summary>A number in the words of a tip.</summary>
    public static string Show(double value) =>
        value.ToString(Math.Abs(value) is 0 or (>= 1e-4 and < 1e15) || !double.IsFinite(value) ? "0.####" : "0.####e0", CultureInfo.InvariantCulture);

    /// <summary>The mark's number with the decimals that the step needs.</summary>
    public string Label(double value)
    {
        if (Math.Abs(value) < step * 1e-6)
            return "0";
        var magnitude = Math.Max(Math.Abs(Min), Math.Abs(Max));
        if (magnitude is >= 1e7 or < 1e-4)
            return value.ToString($"0.{new string('#', Math.Clamp((int)Math.Ceiling(Math.Log10(magnitude / step)), 3, 15))}e0", CultureInfo.InvariantCulture);
        var decimals = 0;
        while (decimals < 12 && Math.Abs(step * Math.Pow(10, decimals) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
            decimals++;
        return value.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    private static double? Bound(double? value) => value is { } bound && double.IsFinite(bound) ? Drawable(bound) : null;

    private static double NiceStep(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(nice => nice * power).First(step => step >= raw * 0.999999);
    }
}
