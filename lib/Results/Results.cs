namespace Fgsm.Results;

/// <summary>Where a notebook says what it found; the report reads these records by name.</summary>
public static class Results
{
    /// <summary>
    /// Called for every record. A notebook's set-up assigns what displays the record, so that it stays in the notebook's outputs.
    /// </summary>
    /// <remarks>Not an event: a set-up cell that runs twice must not display everything twice.</remarks>
    public static Action<ResultRecord>? Recorded { get; set; }

    /// <summary>Records a table.</summary>
    /// <exception cref="ArgumentException">The name is not dotted lower case.</exception>
    public static void Record(string name, ResultTable table) => Raise(name, table);

    /// <summary>Records a figure.</summary>
    /// <inheritdoc cref="Record(string, ResultTable)"/>
    public static void Record(string name, Figure figure) => Raise(name, figure);

    /// <summary>Records a number. Percentages are from 0 to 100, as in tables.</summary>
    /// <inheritdoc cref="Record(string, ResultTable)"/>
    public static void Record(string name, double number) => Raise(name, number);

    /// <summary>Records a text.</summary>
    /// <inheritdoc cref="Record(string, ResultTable)"/>
    public static void Record(string name, string text) => Raise(name, text);

    private static void Raise(string name, object value)
    {
        var record = new ResultRecord(name, value);
        Recorded?.Invoke(record);
    }
}
