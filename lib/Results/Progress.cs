using System.Text.Json;

namespace Fgsm.Results;

/// <summary>How far a training or an evaluation has come. Whoever shows it takes the time left from its own clock.</summary>
/// <param name="Title">What is running: "baseline".</param>
/// <param name="Epoch">The running epoch, from 1; 0 for work without epochs.</param>
/// <param name="Epochs">How many epochs in all.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps in an epoch.</param>
/// <param name="Loss">Mean loss of the epoch so far; null when there is none.</param>
/// <param name="Accuracy">Accuracy of the epoch so far, in percent from 0 to 100; null when there is none.</param>
public sealed record Progress(string Title, int Epoch, int Epochs, int Step, int Steps, double? Loss = null, double? Accuracy = null)
{
    /// <summary>The type of a progress message among the outputs of a notebook's cell.</summary>
    public const string MimeType = "application/vnd.fgsm.progress+json";

    /// <summary>The share of the work that is done, from 0 to 1.</summary>
    public double Fraction()
    {
        var inEpoch = Steps > 0 ? Math.Clamp((double)Step / Steps, 0, 1) : 0;
        return Epochs > 0 ? Math.Clamp((Math.Max(Epoch, 1) - 1 + inEpoch) / Epochs, 0, 1) : inEpoch;
    }

    /// <summary>One line: "baseline: epoch 2 of 5, 120 of 469, loss 0.0812, accuracy 97.51 %".</summary>
    public string ToText() => FormattableString.Invariant(
        $"{Title}: {(Epochs > 0 ? $"epoch {Epoch} of {Epochs}, " : "")}{Step} of {Steps}{(Loss is { } loss ? FormattableString.Invariant($", loss {loss:0.0000}") : "")}{(Accuracy is { } accuracy ? FormattableString.Invariant($", accuracy {accuracy:0.00} %") : "")}");

    /// <summary>The message as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, FigureJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">This is not a progress message.</exception>
    public static Progress FromJson(string json) => FigureJson.Read<Progress>(json, "progress message");
}
