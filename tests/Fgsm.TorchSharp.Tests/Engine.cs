namespace Fgsm.Tests;

/// <summary>What the engine promises of one image's numbers when it is computed in another batch: the same but for rounding.</summary>
internal static class Engine
{
    /// <summary>Why its tests cannot run here; null where they can, and with CI=true, so that they fail.</summary>
    public static string? Problem => Environment.GetEnvironmentVariable("CI") == "true" ? null : LibTorch.Problem;

    /// <summary>How many processes the tests of killed trainings and of full disks start, fewer where a process takes seconds to load libtorch.</summary>
    public const int Kills = 8, FullDisks = 4;

    public static void AssertSame(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * (1 + Math.Abs(pair.First))));
    }
}
