namespace Fgsm.Kernel.Tests.Clients;

/// <summary>A test that takes minutes: CI runs it.</summary>
public sealed class CiTheoryAttribute : TheoryAttribute
{
    public CiTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "Trains models for minutes; set CI=true to run it.";
    }
}
