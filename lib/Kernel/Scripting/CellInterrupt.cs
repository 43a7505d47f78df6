using System.ComponentModel;
using System.Reactive.Disposables;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fgsm.Kernel.Scripting;

/// <summary>Lets loops of cells see that they are to stop: a call that costs one read stands at the head of each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    private const string Call = "global::Fgsm.Kernel.Scripting.CellInterrupt.Check();";
    private static (int First, int Last) runningLines;
    private static readonly AsyncLocal<CancellationToken> InterruptToken = new();
    private static int requests;

    /// <summary>The lines of the statement of a cell that started last.</summary>
    internal static string Lines => runningLines.First == runningLines.Last ? $"line {runningLines.First}" : $"lines {runningLines.First} to {runningLines.Last}";

    /// <summary>Called before each statement of a cell.</summary>
    public static void At(int first, int last) => runningLines = (first, last);

    /// <summary>Called by the loops of cells.</summary>
    /// <exception cref="OperationCanceledException">The cell is interrupted.</exception>
    public static void Check()
    {
        if (Volatile.Read(ref requests) > 0)
            InterruptToken.Value.ThrowIfCancellationRequested();
    }

    /// <summary>Called where a cell shows something, be it from deep inside a library: a training run that reports its progress stops here.</summary>
    /// <exception cref="OperationCanceledException">The cell is interrupted.</exception>
    internal static void CheckAtOutput() => InterruptToken.Value.ThrowIfCancellationRequested();

    /// <summary>Makes loops of the code that is called from here on heed a token, until the result is disposed.</summary>
    internal static IDisposable Begin(CancellationToken interrupt)
    {
        InterruptToken.Value = interrupt;
        var registration = interrupt.UnsafeRegister(_ => Interlocked.Increment(ref requests), null);
        return Disposable.Create(() =>
        {
            InterruptToken.Value = CancellationToken.None;
            // Counted, or about to be.
            if (interrupt.CanBeCanceled && !registration.Unregister())
                Interlocked.Decrement(ref requests);
        });
    }

    private static bool IsLoop(SyntaxNode node) =>
        node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    /// <summary>Puts calls at the head of every loop and before every statement of the cell itself; no line changes its number.</summary>
    internal static string Instrument(string code)
    {
        var root = CSharpSyntaxTree.ParseText(code, CellPart.ParseOptions).GetRoot();
        var insertions = new List<(int Position, string Text)>();
        foreach (var statement in root.ChildNodes().Where(node => node is GlobalStatementSyntax or FieldDeclarationSyntax))
        {
            var lines = statement.GetLocation().GetLineSpan();
            insertions.Add((statement.SpanStart, $"global::Fgsm.Kernel.Scripting.CellInterrupt.At({lines.StartLinePosition.Line + 1}, {lines.EndLinePosition.Line + 1});"));
        }
        foreach (var loop in root.DescendantNodes().Where(IsLoop))
        {
            var body = loop.ChildNodes().OfType<StatementSyntax>().Single();
            if (body is BlockSyntax block)
            {
                insertions.Add((block.OpenBraceToken.Span.End, Call));
            }
            else
            {
                insertions.Add((body.SpanStart, "{" + Call));
                insertions.Add((body.Span.End, "}"));
            }
        }
        if (insertions.Count == 0 || root.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error))
            return code;
        var text = new StringBuilder(code);
        foreach (var (position, insertion) in insertions.OrderBy(insertion => insertion.Position).Reverse())
            text.Insert(position, insertion);
        return text.ToString();
    }
}
