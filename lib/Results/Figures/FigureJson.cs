using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fgsm.Results.Figures;

/// <summary>Figures as JSON; <see cref="Figure.FromJson"/> reads them back.</summary>
public static class FigureJson
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Jupyter's clients sort the properties of what they save.
        AllowOutOfOrderMetadataProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The figure's data as a JSON object; "type" says which figure it is, pixels are base64.</summary>
    public static string ToJson(this Figure figure) => JsonSerializer.Serialize(figure, Options);

    /// <summary>Reads what was serialised with <see cref="Options"/>.</summary>
    /// <param name="what">What it is to be, for the message.</param>
    /// <exception cref="FormatException">It is not.</exception>
    internal static T Read<T>(string json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("it is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new FormatException($"Not a {what}: {e.Message}", e);
        }
    }
}
