using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>A test that needs MNIST: skipped where it is not found, but with CI=true it runs, and so fails.</summary>
public sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && IdxSource.Mnist.Find(DataFolders.Standard()) is null)
            Skip = $"MNIST is not here; put it into data/, or name a folder that has mnist/ in ${DataFolders.Variable}.";
    }
}
