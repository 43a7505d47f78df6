using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fgsm.Kernel.Jupyter;

/// <summary>Whether a console client should run what was typed or wait for more.</summary>
internal static class Completeness
{
    public static JsonObject Content(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, CellPart.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return new JsonObject { ["status"] = "incomplete", ["indent"] = "    " };
        // A lone magic is no C#, but complete.
        var isBroken = !code.TrimStart().StartsWith("#!", StringComparison.Ordinal) && tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
        return new JsonObject { ["status"] = isBroken ? "invalid" : "complete" };
    }
}
