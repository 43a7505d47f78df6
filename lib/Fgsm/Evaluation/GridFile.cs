using System.Text;
using System.Text.Json;
using Fgsm.Tensors.Files;

namespace Fgsm.Evaluation;

/// <summary>What a long run of many trainings measured, kept as JSON.</summary>
internal static class GridFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="isWhole">Whether nothing is missing in what was read.</param>
    /// <exception cref="DataException">The file is not there, or is no grid.</exception>
    public static T Read<T>(string file, Func<T, bool> isWhole) where T : class
    {
        if (!File.Exists(file))
            throw new DataException($"{Path.GetFullPath(file)}: the grid is not there. Restore it, or measure it again with grid = true.");
        try
        {
            if (JsonSerializer.Deserialize<T>(File.ReadAllText(file)) is { } grid && isWhole(grid))
                return grid;
        }
        catch (JsonException)
        {
        }
        throw new DataException($"{Path.GetFullPath(file)}: this is no grid. Restore or delete it, and measure again with grid = true.");
    }

    /// <summary>A run that is killed leaves the earlier file whole.</summary>
    /// <param name="file">Where to; null for nowhere.</param>
    public static void Write<T>(string? file, T grid)
    {
        if (file is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        WholeFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(grid, Indented) + "\n")));
    }
}
