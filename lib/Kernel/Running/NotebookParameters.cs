using System.Globalization;
using System.Numerics;
using Microsoft.CodeAnalysis.CSharp;

namespace Fgsm.Kernel.Running;

/// <summary>papermill's convention: a cell tagged <c>injected-parameters</c> follows the cell tagged <c>parameters</c> and sets its variables.</summary>
internal static class NotebookParameters
{
    public const string Tag = "injected-parameters";

    public static void Inject(Notebook notebook, IReadOnlyDictionary<string, object> values)
    {
        foreach (var old in notebook.Cells.Where(cell => cell.Tags.Contains(Tag)).ToList())
            notebook.Cells.Remove(old);
        if (values.Count == 0)
            return;
        var defaults = notebook.Cells.FirstOrDefault(cell => cell.Kind == CellKind.Code && cell.Tags.Contains("parameters"))
            ?? throw new NotebookException($"The notebook takes no parameters (no cell is tagged 'parameters'), but was given {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}.");
        foreach (var name in values.Keys.Where(name => !SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None))
            throw new NotebookException($"The parameter '{name}' has no name of a variable.");
        var source = string.Join("\n", values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key} = {Literal(value.Key, value.Value)};"));
        var injected = new NotebookCell(CellKind.Code, Tag, source);
        injected.Metadata["tags"] = new System.Text.Json.Nodes.JsonArray(Tag);
        notebook.Cells.Insert(notebook.Cells.IndexOf(defaults) + 1, injected);
    }

    private static string Literal(string name, object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        int or long => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        float number => Real(number, "float", "f"),
        double number => Real(number, "double", "d"),
        _ => throw new NotebookException($"The parameter '{name}' is a {value.GetType().Name}; a notebook takes bool, int, long, float, double and string."),
    };

    private static string Real<T>(T number, string type, string suffix)
        where T : IFloatingPointIeee754<T> => T.IsFinite(number)
            ? number.ToString("R", CultureInfo.InvariantCulture) + suffix
            : $"{type}.{(T.IsNaN(number) ? "NaN" : T.IsPositive(number) ? "PositiveInfinity" : "NegativeInfinity")}";
}
