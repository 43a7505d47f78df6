namespace Fgsm.Report.Tests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => now;

    public void Advance(double seconds) => now += (long)(seconds * 1000);
}
