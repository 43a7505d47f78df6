using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Environments;
using Fgsm.Results.Tables;

namespace Fgsm.Benchmarks;

/// <summary>Ours and PyTorch by turns, so that whatever else the machine does meets both.</summary>
internal static class Comparison
{
    // OpenBLAS's threads keep a core busy for some 30 ms after their last product.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // A work that has taken so long has had enough runs.
    private const int EnoughRuns = 3;
    private static readonly TimeSpan LongTime = TimeSpan.FromSeconds(30);

    public static ResultTable Run(bool full, int runs, TextWriter log)
    {
        using var peer = Peer.Find();
        var (peak, times) = (0.0, new List<(Work Work, double Ours, double? Theirs)>());
        foreach (var work in Works.All(full))
        {
            log.WriteLine($"{work.Name} ...");
            peak = Math.Max(peak, FmaPeak.Measure());
            // A work of minutes is done once: it warms up within itself.
            var (ours, theirs) = work.Key.StartsWith("report-b", StringComparison.Ordinal) ? Measure(work, peer, 1) : WarmUpAndMeasure(work, peer, runs);
            times.Add((work, ours, theirs));
        }
        var table = new ResultTable(Machine())
        {
            Note = $"Medians of {runs} runs (fewer, but {EnoughRuns} or more, where they take over {LongTime.TotalSeconds:0} s; one of report B), ours and PyTorch by turns. FMA peak {peak.ToString("0", CultureInfo.InvariantCulture)} GFLOP/s, the highest that was measured in this run. GFLOP/s count convolutions as direct ones and matrix products as dense ones, so Winograd's method and zeros left out may pass the peak. "
                + (peer is null ? "PyTorch: no python3 with torch was found; ours only." : $"PyTorch {peer.Version}, the same number of threads."),
        };
        table.Text("work").Number("ours", "ms", "0.0").Number("PyTorch", "ms", "0.0").Number("ratio", format: "0.00x").Number("GFLOP/s", format: "0").Percent("share of FMA peak", "0");
        foreach (var (work, ours, theirs) in times)
        {
            var speed = work.Operations / ours / 1e6;
            table.Add(work.Name, ours, theirs, theirs / ours, speed, 100 * speed / peak);
        }
        foreach (var (work, milliseconds) in KernelTimes.Measure(log))
            table.Add(work, milliseconds, null, null, null, null);
        return table;
    }

    private static (double Ours, double? Theirs) WarmUpAndMeasure(Work work, Peer? peer, int runs)
    {
        // Until the runtime has its best code in place, which takes some calls and some time in the background.
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 2 || clock.ElapsedMilliseconds < 1500; i++)
            work.Run();
        if (work.Times > 1)
            peer?.Measure(work, work.Times);
        return Measure(work, peer, runs);
    }

    private static (double Ours, double? Theirs) Measure(Work work, Peer? peer, int runs)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        var clock = Stopwatch.StartNew();
        while (ours.Count < runs && (ours.Count < EnoughRuns || clock.Elapsed < LongTime))
        {
            Thread.Sleep(Pause);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < work.Times; i++)
                work.Run();
            ours.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / work.Times);
            if (peer is null)
                continue;
            Thread.Sleep(Pause);
            theirs.Add(peer.Measure(work, work.Times));
        }
        return (Median(ours), peer is null ? null : Median(theirs));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private static string Machine()
    {
        var cpu = HostEnvironmentInfo.GetCurrent().CpuInfo.Value.ProcessorName?.Trim() ?? "unknown CPU";
        var bits = Vector512.IsHardwareAccelerated ? 512 : 32 * Vector<float>.Count;
        return string.Create(CultureInfo.InvariantCulture, $"{cpu}, {Environment.ProcessorCount} cores, {get_num_threads()} threads, {bits}-bit vectors, .NET {Environment.Version}, {DateTime.Now:yyyy-MM-dd}");
    }
}
