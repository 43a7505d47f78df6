using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>
/// The project's first notebooks, on few images, under jupyter nbconvert, which runs them with nbclient and jupyter-client. They train
/// models: in CI only. Report.Tests run all notebooks headless, and under nbclient in dotnet-interactive.
/// </summary>
public sealed class ProjectNotebookTests : IDisposable
{
    private readonly InstalledKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    // What is compared is which kinds of output a cell has, and that does not depend on the number of images.
    private static readonly Dictionary<string, object> FewImages = new() { ["quick"] = true, ["trainImages"] = 200, ["testImages"] = 40 };

    public static TheoryData<string> Notebooks => ["01-fgsm-explained.ipynb", "02-experiment-report.ipynb", "03-epsilon-sweep.ipynb"];

    private static string NotebookFolder => Path.Combine(Checkout, "notebooks");

    internal static string Checkout
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "FgsmNotebooks.sln")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    [CiTheory]
    [MemberData(nameof(Notebooks))]
    public async Task Notebook_UnderNbconvert_ShowsWhatTheHeadlessRunnerShows(string name)
    {
        var run = await NotebookRunner.RunAsync(Notebook.Load(Path.Combine(NotebookFolder, name)), NotebookFolder, FewImages);
        Assert.Null(run.Failure);
        var folder = LinkedCheckout(_kernel.Folder);
        var source = Path.Combine(folder, name);
        run.Document.Save(source);
        var theirs = _kernel.Run("nbconvert", source, folder)["nbconvert"]!.AsArray();
        Assert.Equal(run.Document.Cells.Select(cell => Kinds(cell.Outputs)), theirs.Select(outputs => Kinds(outputs!.AsArray().Select(output => output!.AsObject()))));
    }

    /// <summary>A checkout of links, with the data beside it, whose notebooks folder can be written to: nbconvert runs a notebook where it lies.</summary>
    private static string LinkedCheckout(string parent)
    {
        var checkout = Directory.CreateDirectory(Path.Combine(parent, "checkout"));
        var notebooks = checkout.CreateSubdirectory("notebooks");
        foreach (var (from, to) in new[] { (Checkout, checkout), (NotebookFolder, notebooks) })
            foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos().Where(e => e.Name != "notebooks" && e.Extension != ".ipynb"))
                File.CreateSymbolicLink(Path.Combine(to.FullName, entry.Name), entry.FullName);
        var shared = Path.GetFullPath(Path.Combine(Checkout, "..", "shared"));
        if (Directory.Exists(shared))
            File.CreateSymbolicLink(Path.Combine(parent, "shared"), shared);
        return notebooks.FullName;
    }

    /// <summary>
    /// What is shown, without the contents: measured times differ from run to run. Text printed piece by piece is one stream or
    /// several, as the pieces arrive.
    /// </summary>
    private static string Kinds(IEnumerable<JsonObject> outputs)
    {
        var kinds = new List<string>();
        foreach (var output in outputs)
        {
            var kind = $"{output["output_type"]} {output["name"]}{string.Join(",", (output["data"] as JsonObject ?? []).Select(item => item.Key).Order(StringComparer.Ordinal))}";
            if (kind != kinds.LastOrDefault() || output["name"] is null)
                kinds.Add(kind);
        }
        return string.Join("; ", kinds);
    }
}
