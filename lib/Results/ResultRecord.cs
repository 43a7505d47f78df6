using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Results;

/// <summary>A result under a name. It travels as JSON in a notebook's outputs, from where the report reads it.</summary>
/// <param name="Name">The report's letter, a dot, and what it is: dotted lower case.</param>
/// <param name="Value">A <see cref="ResultTable"/>, a <see cref="Figure"/>, a <see cref="double"/> or a <see cref="string"/>.</param>
/// <exception cref="ArgumentException">The name is not dotted lower case ("b.baseline"), or the value is of another type.</exception>
public sealed partial record ResultRecord(string Name, object Value)
{
    /// <summary>The type of a record among the outputs of a notebook's cell.</summary>
    public const string MimeType = "application/vnd.fgsm.record+json";

    public string Name { get; } = DottedName().IsMatch(Name) ? Name
        : throw new ArgumentException($"'{Name}' is not a record's name: use lower-case letters, digits and _, in parts joined by dots, as in \"b.baseline\".");

    /// <summary>"table", "figure", "number" or "text".</summary>
    public string Kind { get; } = Value switch
    {
        ResultTable => "table",
        Figure => "figure",
        double => "number",
        string => "text",
        null => throw new ArgumentNullException(nameof(Value)),
        _ => throw new ArgumentException($"Record '{Name}': cannot hold a {Value.GetType().Name}."),
    };

    /// <summary>The record as {"name", "kind", "value"}.</summary>
    public string ToJson() => new JsonObject
    {
        ["name"] = Name,
        ["kind"] = Kind,
        ["value"] = Value switch
        {
            ResultTable table => JsonNode.Parse(table.ToJson()),
            Figure figure => JsonNode.Parse(figure.ToJson()),
            double number => JsonSerializer.SerializeToNode(number, FigureJson.Options),
            _ => (string)Value,
        },
    }.ToJsonString();

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">This is not a record.</exception>
    public static ResultRecord FromJson(string json)
    {
        try
        {
            var record = JsonNode.Parse(json)!.AsObject();
            var value = record["value"]!;
            return new ResultRecord((string)record["name"]!, (string?)record["kind"] switch
            {
                "table" => ResultTable.FromJson(value.ToJsonString()),
                "figure" => Figure.FromJson(value.ToJsonString()),
                "number" => value.Deserialize<double>(FigureJson.Options),
                "text" => (string)value!,
                var kind => throw new FormatException($"unknown kind '{kind}'."),
            });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw new FormatException($"Not a result record: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\z")]
    private static partial Regex DottedName();
}
