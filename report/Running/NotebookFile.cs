using System.Globalization;
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

    /// <summary>Gives a variable of the parameters cell another value.</summary>
    /// <param name="value">A C# expression, as a reader would write it there.</param>
    /// <returns>False where the cell declares no such variable.</returns>
    /// <exception cref="ReportException">The value is no C# expression.</exception>
    public bool Set(string name, string value)
    {
        var root = Parse(ParametersCell).GetRoot();
        var initial = root.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .FirstOrDefault(variable => variable.Identifier.Text == name)?.Initializer?.Value;
        if (initial is null)
            return false;
        var expression = SyntaxFactory.ParseExpression(value);
        if (expression.GetDiagnostics().FirstOrDefault() is { } wrong)
            throw new ReportException(
                $"-p {name}={value}: this is no C# expression: {wrong.GetMessage(CultureInfo.InvariantCulture)}.") { IsUsage = true };
        Document.Cells.First(IsParametersCell).Source = root.ReplaceNode(initial, expression.WithTriviaFrom(initial)).ToFullString();
        return true;
    }

    /// <summary>Sets the parameters of a run, each in every notebook that declares it.</summary>
    /// <param name="parameters">Each as "name=value".</param>
    /// <exception cref="ReportException">One is not of this form, or no notebook declares it.</exception>
    public static void Set(IReadOnlyList<NotebookFile> notebooks, IReadOnlyList<string> parameters)
    {
        foreach (var parameter in parameters)
        {
            var parts = parameter.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2)
                throw new ReportException($"-p {parameter}: write name=value, for instance dearImages=1000.") { IsUsage = true };
            if (Parameter.All.Contains(parts[0]))
                throw new ReportException($"-p {parameter}: use --{parts[0]}.") { IsUsage = true };
            // In every notebook, not in the first only.
            if (notebooks.Count(notebook => notebook.Set(parts[0], parts[1])) == 0)
                throw new ReportException($"-p {parameter}: no notebook of this run declares {parts[0]}; there are "
                    + $"{string.Join(", ", notebooks.SelectMany(notebook => notebook.Parameters.Keys).Except(Parameter.All).Distinct())}.")
                    { IsUsage = true };
        }
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

    private string ParametersCell => Document.Cells.FirstOrDefault(IsParametersCell)?.Source ?? "";

    private static bool IsParametersCell(NotebookCell cell) => cell.Kind == CellKind.Code && cell.Tags.Contains("parameters");

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
