using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Fgsm.Kernel.Scripting;

/// <summary>Errors as a notebook's reader understands them: cell and line, without the machinery that runs cells.</summary>
internal static partial class CellErrors
{
    // Optimised code calls these, for an index out of range and the like, from one place for the whole method: the line is lost.
    private const string ThrowHelpers = "Internal.Runtime.CompilerHelpers.ThrowHelpers";

    public static ErrorOutput FromException(Exception exception, string cell)
    {
        while (exception is AggregateException { InnerExceptions.Count: 1 } or TargetInvocationException { InnerException: not null })
            exception = exception.InnerException!;
        if (exception is NotebookException)
            return new ErrorOutput("NotebookException", exception.Message, [exception.Message.StartsWith(cell, StringComparison.Ordinal) ? exception.Message : $"{cell}: {exception.Message}"]);
        var lines = new List<string>();
        for (var e = exception; e is not null; e = e.InnerException)
        {
            lines.Add($"{(e == exception ? "" : "caused by ")}{Name(e)}: {e.Message}");
            lines.AddRange(Frames(e, cell).Select(frame => "   " + frame));
        }
        return new ErrorOutput(Name(exception), exception.Message, lines);
    }

    public static ErrorOutput FromDiagnostics(IEnumerable<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
            .OrderBy(d => d.Location.GetMappedLineSpan().StartLinePosition).ToList();
        var lines = new List<string>();
        foreach (var error in errors)
        {
            var position = error.Location.GetMappedLineSpan().StartLinePosition;
            lines.Add(Describe(error));
            if (error.Location.SourceTree?.GetText() is not { } text || position.Line >= text.Lines.Count)
                continue;
            lines.Add("    " + text.Lines[position.Line].ToString().Replace('\t', ' '));
            lines.Add("    " + new string(' ', position.Character) + "^");
        }
        return new ErrorOutput("CompilationError", Describe(errors[0]), lines);
    }

    /// <summary>The stack of an exception down to the cell, innermost first.</summary>
    private static IEnumerable<string> Frames(Exception exception, string cell)
    {
        var isBelowHelper = false;
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { } method)
                continue;
            var type = method.DeclaringType;
            var isTopLevel = type?.FullName?.Contains("<<Initialize>>", StringComparison.Ordinal) == true && method.Name == "MoveNext";
            if (type?.FullName == ThrowHelpers)
                isBelowHelper = true;
            else if (isTopLevel)
                yield return "at " + (isBelowHelper || frame.GetFileName() is null ? $"{cell}, {CellInterrupt.Lines}" : Line(frame));
            else if (!IsMachinery(method))
                yield return Describe(frame, method, isBelowHelper);
            if (isTopLevel)
                yield break;
            isBelowHelper &= type?.FullName == ThrowHelpers;
        }
    }

    private static string Describe(Diagnostic error)
    {
        var span = error.Location.GetMappedLineSpan();
        var position = span.StartLinePosition;
        return $"{Path.GetFileName(span.Path)}, line {position.Line + 1}, column {position.Character + 1}: {error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }

    private static string Describe(StackFrame frame, MethodBase method, bool isBelowHelper) => frame.GetFileName() switch
    {
        null => $"at {Name(method)}",
        var file when isBelowHelper => $"at {Name(method)} in {Path.GetFileName(file)}",
        _ => $"at {Name(method)} in {Line(frame)}",
    };

    private static string Line(StackFrame frame) => $"{Path.GetFileName(frame.GetFileName())}, line {frame.GetFileLineNumber()}";

    private static string Name(Exception exception) => Clean(exception.GetType().FullName ?? exception.GetType().Name);

    private static string Name(MethodBase method)
    {
        var type = method.DeclaringType;
        // The compiler nests what it makes of async methods, iterators and lambdas: Outer+<Method>d__1.MoveNext.
        var name = method.Name;
        while (type is not null && type.Name.StartsWith('<'))
        {
            if (MadeFor().Match(type.Name) is { Success: true } made && made.Groups[1].Value != "")
                name = made.Groups[1].Value;
            type = type.DeclaringType;
        }
        if (MadeFor().Match(name) is { Success: true } match)
            name = match.Groups[3] is { Success: true } local ? local.Value : "lambda";
        var typeName = type is null ? "" : Clean((type.FullName ?? type.Name).Split('[')[0].Replace('+', '.'));
        return typeName is "" ? name : $"{typeName}.{name}";
    }

    private static string Clean(string name) => Submission().Replace(name.Replace('+', '.'), "");

    private static bool IsMachinery(MethodBase method)
    {
        var type = method.DeclaringType;
        return type?.Namespace is { } ns
            && (ns.StartsWith("System.Runtime", StringComparison.Ordinal) || ns.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
                || type.Assembly == typeof(CellErrors).Assembly && ns == typeof(CellErrors).Namespace);
    }

    [GeneratedRegex(@"^Submission#\d+\.?")]
    private static partial Regex Submission();

    // <Method>d__1, <Method>b__0_1 (lambda), <Method>g__Local|0_1 (local function); a cell's own code stands in <<Initialize>>.
    [GeneratedRegex(@"^<+([^<>]*)>+(?:([a-z])__(?:([^|]+)\|)?.*)?$")]
    private static partial Regex MadeFor();
}
