using Xunit.Abstractions;

[assembly: TestCollectionOrderer($"Fgsm.Report.Tests.{nameof(Fgsm.Report.Tests.LongestFirst)}", "Fgsm.Report.Tests")]

namespace Fgsm.Report.Tests;

/// <summary>The classes that take minutes begin first, so that at the end no processor waits for the last of them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
        [nameof(QuickTablesTests), nameof(JobScriptTests), nameof(DotNetInteractiveTests), nameof(NotebookParametersTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> collections) => collections.OrderBy(Place);

    private static int Place(ITestCollection collection)
    {
        var place = Array.FindIndex(Longest, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal));
        return place >= 0 ? place : Longest.Length;
    }
}
