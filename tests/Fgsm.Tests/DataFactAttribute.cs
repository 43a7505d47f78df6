using System.Runtime.CompilerServices;
using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>A test that needs a published data set: skipped where it is not found, but with CI=true it runs, and so fails.</summary>
/// <param name="name">One of <see cref="DataSource.All"/>.</param>
public class DataFactAttribute(string name, [CallerMemberName] string test = "") : ReasonedFactAttribute(Engine.Problem ?? Missing(name), test)
{
    private static string? Missing(string name)
    {
        var source = DataSource.All.Single(source => source.Name == name);
        return Environment.GetEnvironmentVariable("CI") == "true" || source.Find(DataFolders.Standard()) is not null ? null
            : $"{name} is not here; put it into data/, or name a folder that has {source.Layouts[0].Folder}/ in ${DataFolders.Variable}.";
    }
}
