namespace Fgsm.Report.Tests;

public class TimingsTests
{
    private const long MiB = 1 << 20;

    private readonly ManualClock clock = new();

    [Fact]
    public void Phases_HaveTheirTime_WhateverComesBetween_AndTheirMostMemory()
    {
        long memory = 0;
        using var timings = new Timings(clock, () => Interlocked.Read(ref memory));
        void Run(string notebook, string phase, long megabytes, double seconds)
        {
            Interlocked.Exchange(ref memory, megabytes * MiB);
            timings.Start(notebook, phase);
            clock.Advance(seconds);
        }

        Run("01", "Data", 100, 1);
        Run("01", "Training", 300, 3);
        Run("01", "Data", 300, 0.5);
        timings.Stop();
        clock.Advance(100);
        Run("02", "Data", 200, 5.5);
        timings.Stop();

        object?[][] expected =
        [
            ["01", "Data", 1.5, 15.0, 300.0], ["01", "Training", 3.0, 30.0, 300.0], ["02", "Data", 5.5, 55.0, 200.0],
            ["all", "", 10.0, 100.0, 300.0],
        ];
        Assert.Equal(expected, timings.ToTable().Rows.Select(row => row.ToArray()));
    }

    [Fact]
    public void Memory_IsThatOfTheProcess()
    {
        using var timings = new Timings(clock);
        timings.Start("01", "Data");
        timings.Stop();

        Assert.InRange((double)timings.ToTable().Rows[0][4]!, 10, 100_000);
    }

    [Fact]
    public void NoPhase_IsAnEmptyTable() => Assert.Empty(new Timings(clock).ToTable().Rows);
}
