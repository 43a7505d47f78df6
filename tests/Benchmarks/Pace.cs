using System.Diagnostics;

namespace Fgsm.Benchmarks;

/// <summary>How long is measured. Engines take turns, so that whatever else the machine does meets all of them.</summary>
/// <param name="Sizes">Of batches.</param>
/// <param name="Runs">Turns of each engine.</param>
/// <param name="WarmUp">Until the runtime has its best code in place.</param>
/// <param name="Turn">An engine works for so long, or for one batch if that takes longer.</param>
/// <param name="Enough">A work that has taken so long is done with a third of the turns.</param>
internal sealed record Pace(int[] Sizes, int Runs, TimeSpan WarmUp, TimeSpan Turn, TimeSpan Enough)
{
    // Threads of the engine before keep a core busy for some milliseconds after their last work.
    private static readonly TimeSpan BetweenEngines = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BeforeCall = TimeSpan.FromMilliseconds(60);
    private const int CallsInTurn = 5;

    public static Pace Usual { get; } = new(
        [1, 4, 16, 64, 256, 1024],
        Runs: 9, WarmUp: TimeSpan.FromSeconds(1), Turn: TimeSpan.FromMilliseconds(100), Enough: TimeSpan.FromSeconds(8));

    public static Pace Quick { get; } = new(
        [1, 16, 64],
        Runs: 3, WarmUp: TimeSpan.FromMilliseconds(100), Turn: TimeSpan.FromMilliseconds(30), Enough: TimeSpan.FromSeconds(1));

    /// <summary>Of works that take long.</summary>
    public int FewestRuns => (Runs + 2) / 3;

    /// <summary>Medians in milliseconds of one call among many; null for an engine that has no such work.</summary>
    public double?[] InLoop(IReadOnlyList<Action?> works)
    {
        foreach (var work in works)
            if (work is not null)
                Repeat(work, WarmUp);
        return Alternate(works, work => [Repeat(work, Turn)]);
    }

    /// <summary>Single calls, each after a pause. The first of a turn does not count: the engine before had the caches.</summary>
    public double?[] AfterPause(IReadOnlyList<Action?> works) =>
        Alternate(works, work => [.. Enumerable.Range(0, CallsInTurn + 1).Select(_ => Once(work, BeforeCall)).Skip(1)]);

    /// <summary>The same of works of seconds, a whole one each turn.</summary>
    public double?[] Whole(IReadOnlyList<Action?> works) => Alternate(works, work => [Once(work, TimeSpan.Zero)]);

    /// <summary>Works of minutes, once: these warm up within themselves.</summary>
    public static double?[] Once(IReadOnlyList<Action?> works) =>
        [.. works.Select(work => work is null ? (double?)null : Once(work, BetweenEngines))];

    private double?[] Alternate(IReadOnlyList<Action?> works, Func<Action, double[]> turn)
    {
        var times = works.Select(_ => new List<double>()).ToList();
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < Runs && (run < FewestRuns || clock.Elapsed < Enough); run++)
            for (var i = 0; i < works.Count; i++)
                if (works[i] is { } work)
                {
                    Thread.Sleep(BetweenEngines);
                    times[i].AddRange(turn(work));
                }
        return [.. times.Select(Median)];
    }

    /// <summary>The mean of a work done again and again. A first time that is short wakes the threads and does not count.</summary>
    private static double Repeat(Action work, TimeSpan time)
    {
        var first = Once(work, TimeSpan.Zero);
        if (first >= time.TotalMilliseconds)
            return first;
        var (start, calls) = (Stopwatch.GetTimestamp(), 0);
        for (; Stopwatch.GetElapsedTime(start) < time; calls++)
            work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls;
    }

    private static double Once(Action work, TimeSpan pause)
    {
        Thread.Sleep(pause);
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static double? Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? null : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
