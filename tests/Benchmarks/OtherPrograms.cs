using System.Globalization;

namespace Fgsm.Benchmarks;

/// <summary>What others take of the processors while this program measures: where it is much, the times are not to be trusted.</summary>
internal sealed class OtherPrograms
{
    private const string Statistics = "/proc/stat";
    private const double TicksPerSecond = 100;

    private readonly (double All, double Others) start = Now();

    /// <summary>In percent since this was made; NaN on other systems than Linux.</summary>
    public double Share
    {
        get
        {
            var (all, others) = Now();
            return Math.Max(0, 100 * (others - start.Others) / (all - start.All));
        }
    }

    /// <summary>The first line has the ticks of all processors: user, nice, system, idle, waiting, interrupts (two), stolen.</summary>
    private static (double All, double Others) Now()
    {
        if (!OperatingSystem.IsLinux())
            return (double.NaN, double.NaN);
        var fields = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        var ticks = Array.ConvertAll(fields, field => double.Parse(field, CultureInfo.InvariantCulture));
        var (all, idle) = (ticks.Sum(), ticks[3] + ticks[4]);
        return (all, all - idle - TicksPerSecond * Environment.CpuUsage.TotalTime.TotalSeconds);
    }
}
