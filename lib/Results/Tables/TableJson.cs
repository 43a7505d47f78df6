using System.Globalization;
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
            ["columns"] = new JsonArray([.. kept.Select(c => Column(c.Item))]),
            ["rows"] = new JsonArray([.. table.Rows.Select(row => new JsonArray([.. kept.Select(c => Cell(row[c.Index]))]))]),
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
        {
            table.With(new Column(
                (string)column!["name"]!,
                Enum.Parse<ColumnKind>((string)column["kind"]!, ignoreCase: true),
                (string?)column["unit"],
                (string?)column["format"],
                (bool?)column["volatile"] ?? false,
                (string?)column["group"]));
        }
        foreach (var row in json["rows"]!.AsArray())
            table.Add([.. row!.AsArray().Select((cell, i) => Value(table.Columns[i], cell))]);
        return table;
    }

    private static JsonObject Column(Column column)
    {
        var json = new JsonObject { ["name"] = column.Name, ["kind"] = column.Kind.ToString().ToLowerInvariant(), ["unit"] = column.Unit, ["format"] = column.Format };
        if (column.Volatile)
            json["volatile"] = true;
        if (column.Group is not null)
            json["group"] = column.Group;
        return json;
    }

    // JSON has no NaN and no infinities: they travel as strings, and the column's kind tells them from text.
    private static JsonValue? Cell(object? cell) => cell switch
    {
        null => null,
        double number when double.IsFinite(number) => JsonValue.Create(number),
        double number => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        _ => JsonValue.Create((string)cell),
    };

    private static object? Value(Column column, JsonNode? cell) => cell switch
    {
        null => null,
        JsonValue when column.IsNumeric && cell.GetValueKind() == JsonValueKind.String => double.Parse((string)cell!, CultureInfo.InvariantCulture),
        JsonValue when column.IsNumeric => (double)cell,
        _ => (string)cell!,
    };
}
