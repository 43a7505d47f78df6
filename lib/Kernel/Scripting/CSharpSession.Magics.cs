using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel.Scripting;

/// <content>Lines that start with <c>#!</c>.</content>
public sealed partial class CSharpSession
{
    internal static IReadOnlyList<string> MagicNames { get; } =
        ["#!about", "#!csharp", "#!html", "#!import", "#!lsmagic", "#!markdown", "#!mermaid", "#!set", "#!time", "#!value", "#!who", "#!whos"];

    /// <summary>The magics of one cell or imported file.</summary>
    private sealed partial class Magics(CSharpSession session, string source, string file, CancellationToken interrupt)
    {
        /// <summary>Runs a magic.</summary>
        /// <returns>How many of the parts after it were its own.</returns>
        public int Run(List<CellPart> parts, int index, string place)
        {
            var words = parts[index].Text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            var argument = words.Length == 2 ? words[1].Trim() : "";
            var next = index + 1 < parts.Count && !parts[index + 1].IsMagic ? parts[index + 1].Text.TrimStart('\n') : null;
            switch (words[0])
            {
                case "#!import":
                    Import(argument.Trim('"'), place);
                    return 0;
                case "#!csharp" or "#!c#" or "#!C#":
                    return 0;
                case "#!markdown" or "#!md":
                    return ShowNext("text/markdown");
                case "#!html":
                    return ShowNext("text/html");
                case "#!mermaid" when next is not null:
                    var markdown = new FormattedValue("text/markdown", $"```mermaid\n{next}\n```");
                    Displays.Show(null, [new("text/vnd.mermaid", next), markdown, new("text/plain", next)], Guid.NewGuid().ToString());
                    return 1;
                case "#!time":
                    Time(parts[index].Line);
                    return parts.Count;
                case "#!who":
                    Variables().Select(v => v.Name).ToArray().Display();
                    return 0;
                case "#!whos":
                    Variables().Select(v => new { v.Name, Type = v.Type.ToDisplayString(), Value = ((object?)v.Value).ToDisplayString() }).DisplayTable();
                    return 0;
                case "#!set":
                    Set(Options(argument, place, "name", "value"));
                    return 0;
                case "#!value":
                    return Keep(Options(argument, place, "name"), next);
                case "#!lsmagic":
                    string.Join('\n', MagicNames).DisplayAs("text/plain");
                    return 0;
                case "#!about":
                    $"Fgsm.Kernel {Jupyter.KernelInfo.Version}, C# {Jupyter.KernelInfo.LanguageVersion} on .NET {Environment.Version}".DisplayAs("text/plain");
                    return 0;
                default:
                    throw new NotebookException($"{place}: this kernel has no magic {words[0]}; #!lsmagic lists those it has");
            }

            int ShowNext(string mimeType)
            {
                next?.DisplayAs(mimeType);
                return next is null ? 0 : 1;
            }
        }

        /// <summary>The variables as they stand: of those with one name the last.</summary>
        private IEnumerable<ScriptVariable> Variables() =>
            (session._state?.Variables ?? []).GroupBy(v => v.Name).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Last());

        /// <summary>Runs what follows a line, under the line numbers that it has.</summary>
        private void Time(int line)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                session.RunSource(new string('\n', line + 1) + string.Join('\n', source.ReplaceLineEndings("\n").Split('\n').Skip(line + 1)), file, interrupt);
            }
            finally
            {
                FormattableString.Invariant($"Wall time: {watch.Elapsed.TotalMilliseconds:F1} ms").DisplayAs("text/plain");
            }
        }

        /// <summary>Declares a variable: from a literal, another variable, a kept value or the user's answer.</summary>
        private void Set(Dictionary<string, string> options)
        {
            var value = options["value"];
            var (kind, rest) = value.StartsWith('@') && value.IndexOf(':') is var colon and > 0 ? (value[1..colon], value[(colon + 1)..]) : ("", value);
            var expression = kind switch
            {
                "csharp" => rest,
                "value" => Text(session._values.GetValueOrDefault(rest) ?? throw new NotebookException($"#!set: no value '{rest}' was kept; '#!value --name {rest}' keeps one")),
                "input" or "password" => Text(ReadLine(rest.Trim('"'), isPassword: kind == "password")),
                _ => Literal(value),
            };
            session.RunCode($"var {options["name"]} = {expression};", file, interrupt);
        }

        private static string Literal(string value)
        {
            var json = OutputContent.Parse(value);
            return json?.GetValueKind() switch
            {
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value,
                JsonValueKind.String => Text(json.GetValue<string>()),
                _ => $"System.Text.Json.JsonDocument.Parse({Text(value)})",
            };
        }

        private static string Text(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

        /// <summary>Keeps a text, what follows or a file's content, for <c>#!set --value @value:name</c>.</summary>
        private int Keep(Dictionary<string, string> options, string? next)
        {
            var fromFile = options.GetValueOrDefault("from-file")?.Trim('"');
            var text = fromFile is null ? next ?? "" : File.ReadAllText(Path.GetFullPath(fromFile, session.WorkingDirectory));
            session._values[options["name"]] = text;
            if (options.TryGetValue("mime-type", out var mimeType))
                text.DisplayAs(mimeType);
            return fromFile is null && next is not null ? 1 : 0;
        }

        private static Dictionary<string, string> Options(string argument, string place, params string[] required)
        {
            var options = Option().Matches(argument).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
            foreach (var name in required.Where(name => !options.ContainsKey(name)))
                throw new NotebookException($"{place}: --{name} is missing");
            return options;
        }

        private void Import(string name, string place)
        {
            var path = Path.GetFullPath(name, Path.GetDirectoryName(file)!);
            if (name == "" || !File.Exists(path))
                throw new NotebookException($"{place}: #!import: there is no file '{name}'");
            if (session._imports.Contains(path))
                throw new NotebookException($"{place}: #!import: '{name}' imports itself");
            session._imports.Push(path);
            foreach (var text in ImportedFile.Read(path))
                session.RunSource(text, path, interrupt);
            session._imports.Pop();
        }

        [GeneratedRegex(@"--([\w-]+)\s+(.+?)(?=\s+--|\s*$)")]
        private static partial Regex Option();
    }
}
