using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Fgsm.Kernel.Scripting;

/// <summary>A piece of a cell: C# code, or a magic: a line that starts with <c>#!</c> or names a package.</summary>
/// <param name="Line">Where it starts, from 0.</param>
internal sealed record CellPart(string Text, bool IsMagic, int Line)
{
    /// <summary>How cells are read.</summary>
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, kind: Microsoft.CodeAnalysis.SourceCodeKind.Script);

    /// <summary>Splits a cell at its magics; each piece of code keeps its line numbers.</summary>
    public static IEnumerable<CellPart> Split(string source)
    {
        source = source.ReplaceLineEndings("\n");
        var root = CSharpSyntaxTree.ParseText(source, ParseOptions).GetRoot();
        var code = new List<string>();
        var start = 0;
        foreach (var line in SourceText.From(source).Lines)
        {
            var text = line.ToString();
            var hash = line.Start + text.Length - text.TrimStart().Length;
            var isMagic = text.TrimStart().StartsWith("#!", StringComparison.Ordinal);
            if ((!isMagic && !NuGetPackages.IsDirective(text)) || IsText(root, hash))
            {
                code.Add(text);
            }
            else if (root.FindTrivia(hash).GetStructure() is DirectiveTriviaSyntax { IsActive: false })
            {
                // The compiler would see it all the same.
                code.Add("");
            }
            else
            {
                if (code.Any(l => !string.IsNullOrWhiteSpace(l)))
                    yield return Code();
                yield return new CellPart(text.Trim(), true, line.LineNumber);
                code.Clear();
                start = line.LineNumber + 1;
            }
        }
        if (code.Any(l => !string.IsNullOrWhiteSpace(l)))
            yield return Code();

        CellPart Code() => new(new string('\n', start) + string.Join("\n", code), false, start);
    }

    /// <summary>Whether a place is inside a string, a comment or text that is left out.</summary>
    private static bool IsText(SyntaxNode root, int position) =>
        root.FindToken(position).Span.Contains(position)
        || root.FindTrivia(position).Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia or SyntaxKind.DisabledTextTrivia;
}
