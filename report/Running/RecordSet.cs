using System.Text.Json.Nodes;

namespace Fgsm.Report.Running;

/// <summary>The results that the notebooks recorded, by name.</summary>
internal sealed class RecordSet
{
    private readonly SortedDictionary<string, ResultRecord> records = new(StringComparer.Ordinal);

    public IEnumerable<ResultRecord> All => records.Values;

    public IEnumerable<(string Name, T Value)> Of<T>() => records.Values.Where(record => record.Value is T).Select(record => (record.Name, (T)record.Value));

    /// <summary>Takes the records out of an executed notebook's outputs; of two with one name, the later.</summary>
    /// <exception cref="ReportException">A record is broken, or another notebook has its name already.</exception>
    public void Add(string notebook, Notebook executed)
    {
        var found = new Dictionary<string, ResultRecord>();
        foreach (var output in executed.Cells.SelectMany(cell => cell.Outputs))
        {
            if (output["data"]?[ResultRecord.MimeType] is { } content)
            {
                var record = Read(notebook, content);
                found[record.Name] = record;
            }
        }
        foreach (var record in found.Values)
        {
            if (!records.TryAdd(record.Name, record))
                throw new ReportException($"{notebook}: records '{record.Name}', which an earlier notebook records too; rename one of them.");
        }
    }

    /// <summary>Adds records; one with a name that is there already takes its place.</summary>
    public void Add(IEnumerable<ResultRecord> more)
    {
        foreach (var record in more)
            records[record.Name] = record;
    }

    public bool Has(string name) => records.ContainsKey(name);

    /// <exception cref="ReportException">No record has this name, or it is not a <typeparamref name="T"/>.</exception>
    public T Get<T>(string name, string what)
    {
        if (!records.TryGetValue(name, out var record))
            throw new ReportException($"no {what} was recorded as '{name}'; {(records.Count == 0 ? "nothing was recorded" : NearNames.Say(name, records.Keys))}.");
        return record.Value is T value ? value : throw new ReportException($"'{name}' was recorded as a {record.Kind}, not as a {what}.");
    }

    private static ResultRecord Read(string notebook, JsonNode content)
    {
        try
        {
            // Some front ends keep JSON as text, in one piece or in lines.
            var text = content is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : content is JsonValue value ? (string)value! : content.ToJsonString();
            return ResultRecord.FromJson(text);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new ReportException($"{notebook}: {e.Message}", e);
        }
    }
}
