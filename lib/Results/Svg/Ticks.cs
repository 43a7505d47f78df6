using System.Globalization;

namespace Fgsm.Results.Svg;

/// <summary>Where an axis has its marks: round numbers that cover a range.</summary>
internal sealed class Ticks
{
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
        double[] finite = [.. data.Where(double.IsFinite)];
        var min = axis.Min ?? (finite.Length == 0 ? 0 : finite.Min());
        var max = axis.Max ?? (finite.Length == 0 ? 1 : finite.Max());
        if (fromZero)
            (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        if (!(max > min))
            (min, max) = (min - 0.5, min + 0.5);

        // Epochs and the like have no halves.
        var whole = finite.Length > 0 && finite.All(double.IsInteger);
        var step = Math.Max(NiceStep((max - min) / about), whole ? 1 : 0);
        return new Ticks(
            axis.Min ?? Math.Floor(min / step + 1e-9) * step,
            axis.Max is null || !(axis.Max > min) ? Math.Ceiling(max / step - 1e-9) * step : max,
            step);
    }

    /// <summary>The mark's number with the decimals that the step needs.</summary>
    public string Label(double value)
    {
        if (Math.Abs(value) < step * 1e-6)
            return "0";
        var magnitude = Math.Max(Math.Abs(Min), Math.Abs(Max));
        if (magnitude is >= 1e7 or < 1e-4)
            return value.ToString("0.###e0", CultureInfo.InvariantCulture);
        var decimals = 0;
        while (decimals < 8 && Math.Abs(step * Math.Pow(10, decimals) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
            decimals++;
        return value.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    private static double NiceStep(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(nice => nice * power).First(step => step >= raw * 0.999999);
    }
}
