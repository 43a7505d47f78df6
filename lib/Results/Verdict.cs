namespace Fgsm.Results;

/// <summary>What came of the attempt to reproduce a published number.</summary>
public enum Verdict
{
    /// <summary>What the printed number may stand for and our interval overlap.</summary>
    Reproduced,

    /// <summary>They do not overlap, but nearly: see <see cref="Verdicts.Of"/>.</summary>
    Close,

    /// <summary>They are further apart.</summary>
    NotReproduced,

    /// <summary>The report says nothing to compare with.</summary>
    NoPublishedValue,

    /// <summary>The report gives a number that was not measured here.</summary>
    NotMeasured,

    /// <summary>The number belongs to another machine or another study.</summary>
    NotComparable,
}

/// <summary>Decides and names verdicts.</summary>
public static class Verdicts
{
    /// <summary>How far apart two intervals of percentages are called close, in points.</summary>
    public const double ClosePoints = 2;

    /// <summary>How far apart two intervals of other quantities are called close, as a share of the published number.</summary>
    public const double CloseShare = 0.1;

    /// <summary>The verdict on a published number.</summary>
    /// <param name="published">What the report prints.</param>
    /// <param name="ours">What our measurement leaves open; the measured number twice where its interval is not known.</param>
    /// <param name="isPercent">Whether the number is a percentage, or a difference of percentages.</param>
    public static Verdict Of(PublishedValue published, Interval ours, bool isPercent)
    {
        var distance = published.Range.DistanceTo(ours);
        var close = isPercent ? ClosePoints : CloseShare * Math.Abs(published.Value);
        return distance == 0 ? Verdict.Reproduced : distance <= close ? Verdict.Close : Verdict.NotReproduced;
    }

    /// <summary>The verdict in words, with a sign before them, so that no one depends on its colour.</summary>
    public static string ToText(this Verdict verdict) => verdict switch
    {
        Verdict.Reproduced => "✓ reproduced",
        Verdict.Close => "≈ close",
        Verdict.NotReproduced => "✗ not reproduced",
        Verdict.NoPublishedValue => "– no published value",
        Verdict.NotMeasured => "– not measured",
        _ => "– not comparable",
    };

    /// <summary>The name of the colour for a verdict in words, and the colour itself for white paper; null for none.</summary>
    internal static (string Name, string Ink)? Colour(string text) => text.Length == 0 ? null : text[0] switch
    {
        '✓' => ("reproduced", "1A7F37"),
        '≈' => ("close", "8A5A00"),
        '✗' => ("not-reproduced", "B3261E"),
        _ => null,
    };
}
