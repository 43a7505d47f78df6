namespace Fgsm.Kernel.Scripting;

/// <summary>The C# of a file that a cell imports: a script, a notebook, or a .dib file of Polyglot.</summary>
internal static class ImportedFile
{
    private static readonly string[] OtherMagics =
        ["#!fsharp", "#!html", "#!javascript", "#!markdown", "#!mermaid", "#!meta", "#!pwsh", "#!sql", "#!value"];

    /// <exception cref="NotebookException">The file cannot be read or is of no kind that can be imported.</exception>
    public static IEnumerable<string> Read(string path)
    {
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".csx" or ".cs" => [File.ReadAllText(path)],
                ".ipynb" => Notebook.Load(path).Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => cell.Source),
                ".dib" => [CSharpOf(File.ReadAllLines(path))],
                _ => throw new NotebookException($"{Path.GetFileName(path)}: only .csx, .cs, .dib and .ipynb files can be imported"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{Path.GetFileName(path)}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A .dib file is cells one under the other, each under the magic of its language; <c>#!meta</c> heads the file.</summary>
    private static string CSharpOf(string[] lines)
    {
        var isCSharp = true;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line is "#!csharp" or "#!c#")
                isCSharp = true;
            else if (OtherMagics.Contains(line))
                isCSharp = false;
            if (!isCSharp)
                lines[i] = "";
        }
        return string.Join('\n', lines);
    }
}
