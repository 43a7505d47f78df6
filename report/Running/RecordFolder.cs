using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Running;

/// <summary>The records of a run as files, complete: another report can be written from them without running again.</summary>
internal static class RecordFolder
{
    private const string Run = "report.json", Values = "values.json";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static void Write(string folder, ReportContent content)
    {
        var (tables, figures) = (Directory.CreateDirectory(Path.Combine(folder, "tables")).FullName, Directory.CreateDirectory(Path.Combine(folder, "figures")).FullName);
        foreach (var (name, table) in content.Records.Of<ResultTable>())
        {
            WriteFile(Path.Combine(tables, $"{name}.csv"), table.ToCsv());
            WriteFile(Path.Combine(tables, $"{name}.json"), table.ToJson() + "\n");
        }
        foreach (var (name, figure) in content.Records.Of<Figure>())
        {
            WriteFile(Path.Combine(figures, $"{name}.svg"), figure.ToSvg());
            WriteFile(Path.Combine(figures, $"{name}.json"), figure.ToJson() + "\n");
        }
        // A record's own JSON also holds a number that is not finite.
        var values = content.Records.All.Where(record => record.Value is double or string).Select(record => JsonNode.Parse(record.ToJson()));
        WriteFile(Path.Combine(folder, Values), new JsonArray([.. values]).ToJsonString(Json) + "\n");
        WriteFile(Path.Combine(folder, Run), JsonSerializer.Serialize(content.Provenance, Json) + "\n");
    }

    /// <exception cref="ReportException">The folder holds no complete run, or a table is not the one that was measured.</exception>
    public static ReportContent Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ReportException($"{folder}: no such folder.") { IsUsage = true };
        new OutputFolder(folder).Recover();
        if (!File.Exists(Path.Combine(folder, Run)))
            throw new ReportException($"{folder}: holds no {Run}, so it is no report of this program; name the folder that a run wrote.") { IsUsage = true };

        var provenance = ReadFile(Path.Combine(folder, Run), text => JsonSerializer.Deserialize<Provenance>(text, Json) ?? throw new FormatException("it is null."));
        var records = new RecordSet();
        records.Add(ReadFile(Path.Combine(folder, Values), text => JsonNode.Parse(text)!.AsArray().Select(value => ResultRecord.FromJson(value!.ToJsonString())).ToArray()));
        records.Add(ReadAll(folder, "tables", ResultTable.FromJson));
        records.Add(ReadAll(folder, "figures", Figure.FromJson));

        var digests = Provenance.DigestsOf(records);
        var measured = provenance.AllDigests;
        foreach (var name in measured.Keys.Union(digests.Keys).Order(StringComparer.Ordinal))
        {
            if (measured.GetValueOrDefault(name) != digests.GetValueOrDefault(name))
                throw new ReportException($"{Path.Combine(folder, "tables", name + ".json")}: is not the table that was measured (its digest in {Run} is another); run again.");
        }
        return new ReportContent(records, provenance);
    }

    /// <summary>Where the results in a folder come from; null when it holds none that can be read.</summary>
    public static Provenance? ReadProvenance(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Provenance>(File.ReadAllText(Path.Combine(folder, Run)), Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<ResultRecord> ReadAll(string folder, string kind, Func<string, object> read)
    {
        var files = Directory.Exists(Path.Combine(folder, kind)) ? Directory.GetFiles(Path.Combine(folder, kind), "*.json") : [];
        return files.Select(file => ReadFile(file, text => new ResultRecord(Path.GetFileNameWithoutExtension(file), read(text))));
    }

    private static T ReadFile<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new ReportException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); an interrupted copy or a report of an earlier version: run again.", e);
        }
    }

    private static void WriteFile(string path, string text) => File.WriteAllText(path, text, Utf8);
}
