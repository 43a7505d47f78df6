namespace Fgsm.Data;

/// <summary>Where data sets are looked for, and where they are downloaded to.</summary>
/// <param name="Search">Folders in the order of search; each holds a folder per data set.</param>
/// <param name="Download">Where a data set goes that is in none of them.</param>
public sealed record DataFolders(IReadOnlyList<string> Search, string Download)
{
    /// <summary>Where ImageNet, or some of its classes, may be, in the order of search.</summary>
    internal IEnumerable<string> ImageNets => Search.SelectMany(_ => WholeOrPart, (data, name) => Path.Combine(data, name));

    private static readonly string[] WholeOrPart = ["imagenet", "imagenet-subset"];

    /// <summary>The variable that names a data folder.</summary>
    public const string Variable = "FGSM_DATA";

    /// <summary>
    /// The folder asked for, if any; then $FGSM_DATA, data/ in the checkout, ../shared/data beside it (shared by several
    /// checkouts) and the user's cache. Downloads go to the folder asked for, else to data/, else (outside a checkout) to the cache.
    /// </summary>
    /// <param name="folder">A data folder to look in first; null or empty for none.</param>
    /// <exception cref="DataException">The folder asked for, or that of $FGSM_DATA, does not exist.</exception>
    public static DataFolders Standard(string? folder = null)
    {
        var variable = Environment.GetEnvironmentVariable(Variable);
        RequireExisting(folder, "name one that exists");
        RequireExisting(variable, $"${Variable} names it; name one that exists, or unset the variable");
        return Standard(folder == "" ? null : folder, variable, Checkout.Folder, Cache());
    }

    private static void RequireExisting(string? folder, string whatToDo)
    {
        if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
            throw new DataException($"{Path.GetFullPath(folder)}: no such data folder; {whatToDo}.");
    }

    internal static DataFolders Standard(string? folder, string? variable, string? root, string cache)
    {
        string?[] search =
        [
            folder,
            variable,
            root is null ? null : Path.Combine(root, "data"),
            root is null ? null : Path.GetFullPath(Path.Combine(root, "..", "shared", "data")),
            cache,
        ];
        return new DataFolders([.. search.Where(f => !string.IsNullOrEmpty(f)).Select(f => f!)], folder ?? (root is null ? cache : Path.Combine(root, "data")));
    }

    private static string Cache()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".cache");
        return Path.Combine(caches, "fgsm-notebooks");
    }
}
