namespace Fgsm.Tests;

// The tests are those of the embedded engine; in this namespace their [Fact] and [Theory] are these.

/// <summary>Skipped where libtorch cannot be loaded; with CI=true it runs, and so fails.</summary>
public class FactAttribute : Xunit.FactAttribute
{
    public FactAttribute() => Skip = Reason;

    internal static string? Reason => Environment.GetEnvironmentVariable("CI") == "true" ? null : LibTorch.Problem;
}

/// <inheritdoc cref="FactAttribute"/>
public sealed class TheoryAttribute : Xunit.TheoryAttribute
{
    public TheoryAttribute() => Skip = FactAttribute.Reason;
}
