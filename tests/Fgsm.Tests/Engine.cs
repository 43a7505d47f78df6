namespace Fgsm.Tests;

/// <summary>What the engine promises of one image's numbers when it is computed in another batch: the same bits.</summary>
internal static class Engine
{
    /// <summary>Why its tests cannot run here: they can.</summary>
    public const string? Problem = null;

    /// <summary>How many processes the tests of killed trainings and of full disks start.</summary>
    public const int Kills = 50, FullDisks = 20;

    public static void AssertSame(float[] expected, float[] actual) =>
        Assert.Equal(Array.ConvertAll(expected, BitConverter.SingleToInt32Bits), Array.ConvertAll(actual, BitConverter.SingleToInt32Bits));
}
