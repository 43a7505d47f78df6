using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>Clients that nobody here wrote, from Debian's packages.</summary>
public sealed class JupyterClientTests : IDisposable
{
    private readonly InstalledKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [JupyterFact]
    public void JupyterClient_RunsInterruptsAndRestarts()
    {
        var found = _kernel.Run("wire");
        Assert.Equal(100_000, found["lines"]!.GetValue<int>());
        Assert.Equal("Interrupted", found["interrupted"]!.ToString());
        Assert.Equal("5", found["kept"]!.ToString());
        Assert.False(found["alive_after_exit"]!.GetValue<bool>());
        Assert.Equal("42", found["after_restart"]!.ToString());
    }

    [JupyterFact]
    public async Task NbclientAndNbconvert_LeaveTheOutputsOfTheHeadlessRunner()
    {
        var source = Path.Combine(_kernel.Folder, "sample.ipynb");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Clients", "sample.ipynb"), source);
        var run = await NotebookRunner.RunAsync(Notebook.Load(source), _kernel.Folder);
        Assert.Null(run.Failure);
        var ours = new JsonArray([.. run.Document.Cells.Select(cell => new JsonArray([.. cell.Outputs.Select(Joined)]))]);
        foreach (var client in new[] { "nbclient", "nbconvert" })
            Assert.Equal(ours.ToJsonString(), Sorted(_kernel.Run(client, source, _kernel.Folder)[client]!).ToJsonString());
    }

    /// <summary>nbformat's Python objects have multi-line text joined.</summary>
    private static JsonNode Joined(JsonObject output)
    {
        var joined = output.DeepClone().AsObject();
        if (joined["text"] is JsonArray text)
            joined["text"] = string.Concat(text.Select(line => line!.ToString()));
        foreach (var (mimeType, content) in (joined["data"] as JsonObject ?? []).ToList())
        {
            if (content is JsonArray lines && !mimeType.EndsWith("json", StringComparison.Ordinal))
                joined["data"]![mimeType] = string.Concat(lines.Select(line => line!.ToString()));
        }
        return Sorted(joined);
    }

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject json => new JsonObject(json.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };
}
