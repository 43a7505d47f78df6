namespace Fgsm.Tests.Shared;

/// <summary>A test that is skipped for a reason. dotnet test prints only the names of skipped tests, so the reason is in the name.</summary>
public abstract class ReasonedFactAttribute : Xunit.FactAttribute
{
    /// <param name="reason">Why the test cannot run here; null where it can.</param>
    /// <param name="test">The test's method: a derived attribute takes it as its [CallerMemberName].</param>
    protected ReasonedFactAttribute(string? reason, string test)
    {
        Skip = reason;
        DisplayName = reason is null ? null : $"{test}: {reason}";
    }
}

/// <inheritdoc cref="ReasonedFactAttribute"/>
public abstract class ReasonedTheoryAttribute : Xunit.TheoryAttribute
{
    /// <inheritdoc cref="ReasonedFactAttribute(string?, string)"/>
    protected ReasonedTheoryAttribute(string? reason, string test)
    {
        Skip = reason;
        DisplayName = reason is null ? null : $"{test}: {reason}";
    }
}
