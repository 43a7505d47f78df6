using System.Runtime.CompilerServices;
using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>A test that needs MNIST: skipped where it is not found, but with CI=true it runs, and so fails.</summary>
public sealed class MnistFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Engine.Problem ?? Missing, test)
{
    private static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" || IdxSource.Mnist.Find(DataFolders.Standard()) is not null ? null
        : $"MNIST is not here; put it into data/, or name a folder that has mnist/ in ${DataFolders.Variable}.";
}
