using System.Globalization;

namespace Fgsm.Report.Display;

/// <summary>Takes the time left from how fast the share of the work that is done has grown.</summary>
internal sealed class TimeLeft(TimeProvider clock)
{
    private string? title;
    private long start;
    private double startFraction, fraction;

    public void Update(Progress progress)
    {
        fraction = progress.Fraction();
        if (title == progress.Title && fraction >= startFraction)
            return;
        (title, start, startFraction) = (progress.Title, clock.GetTimestamp(), fraction);
    }

    /// <summary>Null until enough was done to tell.</summary>
    public TimeSpan? Estimate() => fraction > startFraction
        ? clock.GetElapsedTime(start) / (fraction - startFraction) * (1 - fraction)
        : null;

    public static string Show(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
