namespace Fgsm.Kernel.Scripting;

/// <summary>The C# of a file that a cell imports: a script, a notebook, or a .dib file of Polyglot.</summary>
internal static class ImportedFile
{
    /// <exception cref="NotebookException">The file cannot be read or is of no kind that can be imported.</exception>
    public static IEnumerable<string> Read(string path)
    {
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".csx" or ".cs" => [File.ReadAllText(path)],
                ".ipynb" => Notebook.Load(path).Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => cell.Source),
                ".dib" => CSharpOf(File.ReadAllLines(path)),
                _ => throw new NotebookException($"{Path.GetFileName(path)}: only .csx, .cs, .dib and .ipynb files can be imported"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{Path.GetFileName(path)}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A .dib file is cells one under the other, each under the magic of its language; <c>#!meta</c> heads the file.</summary>
    private static List<string> CSharpOf(string[] lines)
    {
        var cells = new List<string>();
        var code = new List<string>();
        var isCSharp = true;
        foreach (var (line, index) in lines.Select((line, index) => (line, index)).Append(("#!markdown", lines.Length)))
        {
            if (line.Trim() is "#!csharp" or "#!c#" or "#!markdown" or "#!html" or "#!meta" or "#!mermaid" or "#!javascript" or "#!fsharp" or "#!pwsh" or "#!sql" or "#!value")
            {
                if (isCSharp && code.Any(text => !string.IsNullOrWhiteSpace(text)))
                    cells.Add(new string('\n', index - code.Count) + string.Join('\n', code));
                code.Clear();
                isCSharp = line.Trim() is "#!csharp" or "#!c#";
            }
            else
            {
                code.Add(line);
            }
        }
        return cells;
    }
}
