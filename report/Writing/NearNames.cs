namespace Fgsm.Report.Writing;

/// <summary>What a user may have meant by a name that does not exist.</summary>
internal static class NearNames
{
    /// <summary>"near names are a, b, c".</summary>
    public static string Say(string name, IEnumerable<string> names) =>
        $"near names are {string.Join(", ", names.OrderBy(other => Distance(name, other)).Take(3))}";

    // Levenshtein's: how many letters to insert, delete or replace.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
