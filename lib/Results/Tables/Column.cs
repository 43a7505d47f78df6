using System.Text.Json.Serialization;

namespace Fgsm.Results.Tables;

/// <summary>What a column holds.</summary>
public enum ColumnKind
{
    /// <summary>Strings.</summary>
    Text,

    /// <summary>Numbers, in the column's unit.</summary>
    Number,

    /// <summary>Percentages from 0 to 100, as reports print them: 98.57 means 98.57 %.</summary>
    Percent,

    /// <summary>A <see cref="Fgsm.Results.Verdict"/> in words; shown in its colour.</summary>
    Verdict,
}

/// <summary>A column of a <see cref="ResultTable"/>.</summary>
/// <param name="Name">The heading, without group and unit.</param>
/// <param name="Kind">What its cells hold.</param>
/// <param name="Unit">The unit, shown in brackets behind the name; null for none.</param>
/// <param name="Format">A .NET number format, used only when a number is shown; null for text.</param>
/// <param name="Volatile">True for what differs from run to run (times): comparisons and digests leave it out.</param>
/// <param name="Group">What neighbouring columns have in common, said once above them where there is room; null for nothing.</param>
public sealed record Column(string Name, ColumnKind Kind, string? Unit = null, string? Format = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Volatile = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? Group = null)
{
    /// <summary>Shown for a cell that holds nothing: a value that a report leaves unsaid.</summary>
    public const string Nothing = "–";

    /// <summary>The name with its group: "Robust accuracy, published".</summary>
    [JsonIgnore]
    public string FullName => Group is null ? Name : $"{Group}, {Name.ToLowerInvariant()}";

    /// <summary>The full name with its unit.</summary>
    [JsonIgnore]
    public string Header => Unit is null ? FullName : $"{FullName} ({Unit})";

    /// <summary>The name without its group, with the unit.</summary>
    [JsonIgnore]
    public string ShortHeader => Unit is null ? Name : $"{Name} ({Unit})";

    /// <summary>Whether its cells are numbers.</summary>
    [JsonIgnore]
    public bool IsNumeric => Kind is ColumnKind.Number or ColumnKind.Percent;

    /// <summary>Neighbours of one group: its name, the first column's place, and how many they are.</summary>
    public static IEnumerable<(string? Group, int First, int Span)> Groups(IReadOnlyList<Column> columns)
    {
        for (int first = 0, span; first < columns.Count; first += span)
        {
            var group = columns[first].Group;
            span = columns.Skip(first).TakeWhile(column => column.Group == group).Count();
            yield return (group, first, span);
        }
    }

    internal static bool IsFormat(string format)
    {
        try
        {
            _ = 0.5.ToString(format, CultureInfo.InvariantCulture);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>A cell of this column as text, in its format; a number that rounds to 0 has no minus.</summary>
    public string Show(object? cell) => cell switch
    {
        null => Nothing,
        double number => WithoutMinusZero(number.ToString(Format, CultureInfo.InvariantCulture)),
        _ => (string)cell,
    };

    // -0.0001 with two decimals is 0.00, not -0.00.
    private static string WithoutMinusZero(string number) =>
        number.StartsWith('-') && !number.AsSpan().ContainsAnyInRange('1', '9') && number.Contains('0') ? number[1..] : number;
}
