using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fgsm.Tensors.Files;

namespace Fgsm.Report.Running;

/// <summary>
/// What the seeds of full runs gave, in a file that is kept with the project: a seed that is there is not run again, and the report of
/// a run with one seed shows what the others gave. Each entry belongs to a notebook with its parameters, an engine and the data. Whether
/// it also belongs to today's code shows when the first seed is run: its numbers must be the kept ones.
/// </summary>
internal sealed class KeptSeeds
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string path;
    private readonly JsonArray entries;

    /// <exception cref="ReportException">The file is there and is none of these.</exception>
    public KeptSeeds(string path)
    {
        this.path = path;
        try
        {
            entries = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsArray() : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new ReportException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); restore it, or delete it and run the seeds again.", e);
        }
    }

    /// <summary>The seeds of this notebook, by number; those of other code are dropped.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="engine">What computed.</param>
    /// <param name="seed">The seed that has just run.</param>
    /// <param name="records">What it gave.</param>
    public SortedDictionary<int, JsonObject> Fitting(NotebookFile notebook, string engine, int seed, RecordSet records)
    {
        var values = SeedStatistics.Values(records);
        var seeds = Find(notebook, engine, records)?["seeds"]!.AsObject() ?? [];
        var fits = seeds[$"{seed}"]?.ToJsonString() == values.ToJsonString();
        return new(seeds.Where(kept => fits).Append(KeyValuePair.Create($"{seed}", (JsonNode?)values)).DistinctBy(kept => kept.Key)
            .ToDictionary(kept => int.Parse(kept.Key, System.Globalization.CultureInfo.InvariantCulture), kept => kept.Value!.DeepClone().AsObject()));
    }

    /// <summary>Writes the seeds of this notebook into the file, in the place of those that it had; other seeds than these stay as they are.</summary>
    /// <exception cref="ReportException">The file cannot be written.</exception>
    public void Keep(NotebookFile notebook, string engine, RecordSet records, SortedDictionary<int, JsonObject> seeds)
    {
        if (Find(notebook, engine, records) is { } earlier)
        {
            if (!earlier["seeds"]!.AsObject().Any(kept => seeds.Keys.Any(seed => $"{seed}" == kept.Key)))
                return;
            entries.Remove(earlier);
        }
        var entry = Key(notebook, engine, records);
        entry["seeds"] = new JsonObject(seeds.Select(seed => KeyValuePair.Create($"{seed.Key}", (JsonNode?)seed.Value.DeepClone())));
        entries.Add(entry);
        try
        {
            WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Lines())));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"{path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }
    }

    // A line for each seed of each table, so that a change is easy to see.
    private string Lines()
    {
        var sorted = entries.OrderBy(entry => (string)entry!["notebook"]!, StringComparer.Ordinal).Select(entry =>
        {
            var seeds = entry!["seeds"]!.AsObject().Select(seed =>
                $"{Text(seed.Key)}: {{\n{string.Join(",\n", seed.Value!.AsObject().Select(table => $"{Text(table.Key)}: {table.Value!.ToJsonString(Json)}"))}\n}}");
            return $"{{\n{string.Join(",\n", entry.AsObject().Where(part => part.Key != "seeds").Select(part => $"{Text(part.Key)}: {part.Value!.ToJsonString(Json)}"))},\n\"seeds\": {{\n{string.Join(",\n", seeds)}\n}}\n}}";
        });
        return $"[\n{string.Join(",\n", sorted)}\n]\n";

        static string Text(string text) => JsonSerializer.Serialize(text, Json);
    }

    private JsonObject? Find(NotebookFile notebook, string engine, RecordSet records)
    {
        var key = Key(notebook, engine, records);
        return entries.OfType<JsonObject>().FirstOrDefault(entry => key.All(part => JsonNode.DeepEquals(part.Value, entry[part.Key])));
    }

    private static JsonObject Key(NotebookFile notebook, string engine, RecordSet records) => new()
    {
        ["notebook"] = notebook.Name,
        ["parameters"] = notebook.OwnParameters,
        ["engine"] = engine,
        ["data"] = string.Join(", ", records.Of<string>().Where(record => record.Name.EndsWith(".data.sha256", StringComparison.Ordinal)).Select(record => record.Value[..Math.Min(12, record.Value.Length)])),
    };
}
