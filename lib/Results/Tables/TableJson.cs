using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Results.Tables;

/// <summary>Tables as JSON, at full precision; <see cref="ResultTable.FromJson"/> reads them back.</summary>
public static class TableJson
{
    /// <summary>The table as a JSON object: title, note, columns, rows.</summary>
    public static string ToJson(this ResultTable table) => Write(table, withVolatile: true).ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    internal static JsonObject Write(ResultTable table, bool withVolatile)
    {
        var kept = table.Columns.Index().Where(c => withVolatile || !c.Item.Volatile).ToArray();
        return new JsonObject
        {
            ["title"] = table.Title,
            ["note"] = table.Note,
            ["columns"] = new JsonArray([.. kept.Select(c => Node(c.Item))]),
            ["rows"] = new JsonArray([.. table.Rows.Select(row => new JsonArray([.. kept.Select(c => Node(row[c.Index]))]))]),
        };
    }

    internal static ResultTable Read(string json)
    {
        try
        {
            return Read(JsonNode.Parse(json)!.AsObject());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new FormatException($"Not a result table: {e.Message}", e);
        }
    }

    private static ResultTable Read(JsonObject json)
    {
        var table = new ResultTable((string)json["title"]!) { Note = (string?)json["note"] };
        foreach (var column in json["columns"]!.AsArray())
            table.With(column.Deserialize<Column>(FigureJson.Options)!);
        foreach (var row in json["rows"]!.AsArray())
            table.Add([.. row!.AsArray().Select((cell, i) => Value(table.Columns[i], cell))]);
        return table;
    }

    private static JsonNode? Node(object? value) => JsonSerializer.SerializeToNode(value, FigureJson.Options);

    // JSON has no NaN and no infinities: they travel as strings, and the column's kind tells them from text.
    private static object? Value(Column column, JsonNode? cell) =>
        cell is null ? null : column.IsNumeric ? cell.Deserialize<double>(FigureJson.Options) : (string)cell!;
}
