using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace Fgsm.Kernel.Scripting;

/// <summary>What could stand at the cursor.</summary>
/// <param name="Start">Where the word begins that a match replaces.</param>
internal sealed record Completion(IReadOnlyList<string> Matches, int Start, int End);

/// <summary>Completion and descriptions from Roslyn's semantic model: what the session has declared and what it references.</summary>
internal sealed class CodeInsight
{
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private readonly ScriptState<object>? _state;
    private readonly string _code;
    private readonly SyntaxTree _tree;
    private readonly SemanticModel _model;

    public CodeInsight(ScriptState<object>? state, Func<string, string, Script<object>> continueWith, string code)
    {
        _state = state;
        _code = code;
        var compilation = continueWith(code, "cursor").GetCompilation();
        _tree = compilation.SyntaxTrees.First(t => t.FilePath == "cursor");
        _model = compilation.GetSemanticModel(_tree);
    }

    /// <summary>Whether a console client should run what was typed, <c>complete</c>, or wait for more.</summary>
    public static string Status(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, CellPart.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return "incomplete";
        // A lone magic is no C#, but complete.
        var isMagic = code.TrimStart().StartsWith("#!", StringComparison.Ordinal);
        return isMagic || !tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? "complete" : "invalid";
    }

    public Completion Complete(int position)
    {
        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(_code[start - 1]))
            start--;
        if (_code[..position].Split('\n')[^1].TrimStart() is ['#', ..] magic)
            return new Completion([.. CSharpSession.MagicNames.Where(m => m.StartsWith(magic, StringComparison.Ordinal))], position - magic.Length, position);

        var prefix = _code[start..position];
        var receiver = ReceiverBefore(start);
        var symbols = receiver is null ? _model.LookupSymbols(start) : Members(receiver, start);
        var names = symbols.Where(s => s.CanBeReferencedByName && !s.IsImplicitlyDeclared).Select(s => s.Name);
        if (receiver is null)
            names = names.Concat(SyntaxFacts.GetKeywordKinds().Select(SyntaxFacts.GetText).Where(k => char.IsLetter(k[0])));
        return new Completion(
            [.. names.Where(n => n.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Distinct().Order(StringComparer.Ordinal)],
            start,
            position);
    }

    /// <summary>Signature and summary of what is at the cursor; all overloads between the parentheses of a call.</summary>
    public string? Describe(int position)
    {
        var token = _tree.GetRoot().FindToken(Math.Max(0, Math.Min(position, _code.Length) - (position > 0 && (position == _code.Length || !SyntaxFacts.IsIdentifierPartCharacter(_code[position])) ? 1 : 0)));
        for (var node = token.Parent; node is not null; node = node.Parent)
        {
            var info = node switch
            {
                ArgumentListSyntax { Parent: InvocationExpressionSyntax call } => _model.GetMemberGroup(call.Expression).Cast<ISymbol>().ToList(),
                ArgumentListSyntax { Parent: ObjectCreationExpressionSyntax creation } => _model.GetMemberGroup(creation).Cast<ISymbol>().ToList(),
                NameSyntax name when _model.GetSymbolInfo(name) is var found =>
                    found.Symbol is { } symbol ? [symbol] : [.. found.CandidateSymbols],
                MemberDeclarationSyntax or StatementSyntax => null,
                _ => [],
            };
            if (info is null)
                return null;
            if (info.Count > 0)
                return string.Join("\n", info.Select(Text));
        }
        return null;
    }

    private static string Text(ISymbol symbol)
    {
        var xml = symbol.GetDocumentationCommentXml() ?? "";
        var summary = System.Text.RegularExpressions.Regex.Match(xml, "<summary>(.*?)</summary>", System.Text.RegularExpressions.RegexOptions.Singleline).Groups[1].Value;
        var text = System.Text.RegularExpressions.Regex.Replace(System.Text.RegularExpressions.Regex.Replace(summary, "<[^>]*?\"(?:[A-Z]:)?([^\"]*)\"[^>]*>", "$1"), @"\s+", " ").Trim();
        return symbol.ToDisplayString(Signature) + (text == "" ? "" : "\n    " + text);
    }

    /// <summary>The expression before the dot before the cursor.</summary>
    private ExpressionSyntax? ReceiverBefore(int position)
    {
        var token = _tree.GetRoot().FindToken(Math.Max(0, position - 1));
        if (!token.IsKind(SyntaxKind.DotToken))
            return null;
        return token.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax { Parent.Parent: ConditionalAccessExpressionSyntax conditional } => conditional.Expression,
            _ => null,
        };
    }

    private IEnumerable<ISymbol> Members(ExpressionSyntax receiver, int position)
    {
        var symbol = _model.GetSymbolInfo(receiver).Symbol;
        if (symbol is INamespaceOrTypeSymbol container)
            return _model.LookupSymbols(position, container).Where(s => s.IsStatic || s is INamespaceOrTypeSymbol);
        if (_model.GetTypeInfo(receiver).Type is not { TypeKind: not TypeKind.Error } type)
            return [];
        var members = _model.LookupSymbols(position, type, includeReducedExtensionMethods: true).Where(s => !s.IsStatic || s is IMethodSymbol { IsExtensionMethod: true });
        // A variable declared as object or dynamic may hold something that says more.
        var live = type.SpecialType == SpecialType.System_Object || type.TypeKind == TypeKind.Dynamic ? _state?.GetVariable(receiver.ToString())?.Value?.GetType() : null;
        return live?.FullName is { } name && _model.Compilation.GetTypeByMetadataName(name) is { } liveType
            ? members.Concat(_model.LookupSymbols(position, liveType).Where(s => !s.IsStatic))
            : members;
    }
}
