using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fgsm.Report.Running;

/// <summary>A notebook of the collection.</summary>
internal sealed partial class NotebookFile
{
    private readonly Lazy<Notebook> document;

    private NotebookFile(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        document = new Lazy<Notebook>(() => Notebook.Load(path));
    }

    public string Path { get; }

    /// <summary>The file's name without its ending: "02-experiment-report".</summary>
    public string Name { get; }

    /// <summary>Its content, read when it is first asked for: a file that is no notebook stops only what needs it.</summary>
    /// <exception cref="NotebookException">The file cannot be read or is no notebook.</exception>
    public Notebook Document => document.Value;

    /// <summary>Its first heading.</summary>
    public string Title => Document.Cells
        .Where(cell => cell.Kind == CellKind.Markdown)
        .SelectMany(cell => cell.Source.Split('\n'))
        .FirstOrDefault(line => line.StartsWith('#'))?.TrimStart('#').Trim() ?? Name;

    /// <summary>The variables that the cell tagged "parameters" declares, in whichever way, with the values that are constants.</summary>
    public IReadOnlyDictionary<string, object?> Parameters => field ??= VariablesOf(ParametersCell);

    /// <summary>What its parameters cell declares besides what the program sets, as code: "eps = [0.1, 0.2]; epochs = 5".</summary>
    public string OwnParameters => string.Join("; ", Parse(ParametersCell).GetRoot().DescendantNodes().OfType<VariableDeclaratorSyntax>()
        .Where(variable => !Parameter.All.Contains(variable.Identifier.Text))
        .Select(variable => variable.NormalizeWhitespace().ToString()));

    /// <summary>Its own seed: the value that its parameters cell declares.</summary>
    /// <exception cref="ReportException">Only a run can tell it.</exception>
    public int Seed => Parameters.GetValueOrDefault(Parameter.Seed) as int?
        ?? throw new ReportException(
            $"notebooks/{Name}.ipynb: its parameters cell declares no constant whole number as seed; give one with --seed.");

    /// <summary>
    /// The names under which it can record, as its sources and its stored outputs say; * stands for what is only known when it runs.
    /// </summary>
    public IReadOnlyList<string> RecordNames
    {
        get
        {
            var called = Document.Cells.Where(cell => cell.Kind == CellKind.Code)
                .SelectMany(cell => Parse(cell.Source).GetRoot().DescendantNodes())
                .OfType<InvocationExpressionSyntax>()
                .Where(call => call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Record" }, ArgumentList.Arguments.Count: > 0 })
                .Select(call => NameIn(call.ArgumentList.Arguments[0].Expression));
            var stored = Document.Cells.SelectMany(cell => cell.Outputs)
                .Select(output => (output["data"] as JsonObject)?[ResultRecord.MimeType]).OfType<JsonObject>()
                .Select(record => record["name"]).OfType<JsonValue>().Select(name => name.ToString());
            string[] names = [.. called.Concat(stored).Distinct()];
            return names.Length > 0 ? names : ["*"];
        }
    }

    /// <summary>Lets the notebook compute with another engine: replaces the line that picks one.</summary>
    /// <exception cref="ReportException">There is no such engine.</exception>
    public void UseEngine(Repository repository, string engine)
    {
        if (!File.Exists(System.IO.Path.Combine(repository.Engines, $"{engine}.csx")))
            throw new ReportException($"--engine {engine}: there is no script notebooks/engine/{engine}.csx.") { IsUsage = true };
        foreach (var cell in Document.Cells.Where(cell => cell.Kind == CellKind.Code))
            cell.Source = EngineLine().Replace(cell.Source, $"#!import engine/{engine}.csx");
    }

    /// <summary>All notebooks, in the order of their names.</summary>
    /// <exception cref="ReportException">There are none.</exception>
    public static List<NotebookFile> All(Repository repository)
    {
        List<NotebookFile> notebooks = Directory.Exists(repository.Notebooks)
            ? [.. Directory.GetFiles(repository.Notebooks, "*.ipynb").Order(StringComparer.Ordinal).Select(path => new NotebookFile(path))]
            : [];
        return notebooks.Count > 0 ? notebooks : throw new ReportException($"{repository.Notebooks}: no notebooks here.");
    }

    /// <summary>The notebooks asked for, in reading order: by name, or by the number that the name starts with.</summary>
    /// <exception cref="ReportException">One of them does not exist.</exception>
    public static List<NotebookFile> Select(IReadOnlyList<NotebookFile> all, IReadOnlyList<string> only)
    {
        foreach (var asked in only.Where(asked => !all.Any(notebook => notebook.IsCalled(asked))))
            throw new ReportException($"--only {asked}: no such notebook; there are {string.Join(", ", all.Select(notebook => notebook.Name))}.") { IsUsage = true };
        return [.. all.Where(notebook => only.Count == 0 || only.Any(notebook.IsCalled))];
    }

    private string ParametersCell => Document.Cells.FirstOrDefault(cell => cell.Kind == CellKind.Code && cell.Tags.Contains("parameters"))?.Source ?? "";

    private bool IsCalled(string asked)
    {
        var number = Name.Split('-')[0];
        return asked == Name || asked == Name + ".ipynb" || asked == number || asked == number.TrimStart('0');
    }

    private static Dictionary<string, object?> VariablesOf(string source)
    {
        var tree = Parse(source);
        var framework = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
        var script = CSharpCompilation.CreateScriptCompilation("parameters", tree, [framework]);
        var model = script.GetSemanticModel(tree);
        return script.ScriptClass!.GetMembers().OfType<IFieldSymbol>().DistinctBy(variable => variable.Name)
            .ToDictionary(variable => variable.Name, variable => Constant(variable.DeclaringSyntaxReferences[0].GetSyntax()));

        object? Constant(SyntaxNode declared) =>
            declared is VariableDeclaratorSyntax { Initializer.Value: var value } ? model.GetConstantValue(value).Value : null;
    }

    private static SyntaxTree Parse(string source) =>
        CSharpSyntaxTree.ParseText(source, CSharpParseOptions.Default.WithKind(SourceCodeKind.Script));

    private static string NameIn(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax { Token.Value: string name } => name,
        InterpolatedStringExpressionSyntax name =>
            string.Concat(name.Contents.Select(part => part is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : "*")),
        _ => "*",
    };

    [GeneratedRegex(@"^#!import engine/\w+\.csx", RegexOptions.Multiline)]
    private static partial Regex EngineLine();
}
