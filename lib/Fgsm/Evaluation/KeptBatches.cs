using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fgsm.Evaluation;

/// <summary>What batches of an evaluation gave, a line of JSON each; a line that a stopped run left half written does not count.</summary>
/// <param name="file">Where they are kept.</param>
/// <param name="key">What determines all batches: the model and the code.</param>
internal sealed class KeptBatches(string file, string key)
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Dictionary<string, AttackedBatch> batches = Read(file);

    private sealed record Line(string Key, AttackedBatch Batch);

    /// <summary>What is kept of a batch, or else what <paramref name="attack"/> gives, which is then kept.</summary>
    public AttackedBatch GetOrAdd(string batch, Func<AttackedBatch> attack)
    {
        var name = $"{key} {batch}";
        if (batches.TryGetValue(name, out var kept))
            return kept;
        var found = attack();
        batches[name] = found;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        // The line break in front ends a line that was cut off.
        File.AppendAllText(file, "\n" + JsonSerializer.Serialize(new Line(name, found), Options) + "\n");
        return found;
    }

    private static Dictionary<string, AttackedBatch> Read(string file)
    {
        var batches = new Dictionary<string, AttackedBatch>();
        foreach (var text in !File.Exists(file) ? [] : File.ReadAllLines(file).Where(line => line.Length > 0))
            try
            {
                if (JsonSerializer.Deserialize<Line>(text, Options) is { Key: not null, Batch: not null } line)
                    batches[line.Key] = line.Batch;
            }
            catch (JsonException)
            {
                // Half a line: that batch is attacked again.
            }
        return batches;
    }
}
