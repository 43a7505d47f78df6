namespace Fgsm.Results;

/// <summary>The checkout of this project in which a notebook or a program runs.</summary>
public static class Checkout
{
    /// <summary>Its top folder: around the working directory, else around the program; null outside a checkout.</summary>
    public static string? Folder => Above(Directory.GetCurrentDirectory()) ?? Above(AppContext.BaseDirectory);

    /// <summary>The top folder of the checkout around a folder; null outside one.</summary>
    public static string? Above(string start)
    {
        var folder = new DirectoryInfo(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FgsmNotebooks.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
