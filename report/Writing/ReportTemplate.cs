using System.Globalization;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace Fgsm.Report;

/// <summary>
/// The prose: report/templates/report.md, in which the other .md files of the folder are partials. Its helpers put results in
/// by name, so that no number is ever typed: table, figure, value, largest, summary, and the blocks has, ran, within and atLeast.
/// </summary>
internal sealed class ReportTemplate
{
    private const string Main = "report", Summary = "<!-- summary -->";

    private readonly Dictionary<string, string> sources;

    /// <exception cref="ReportException">The folder has no report.md, or the user's file cannot be read.</exception>
    /// <param name="folder">The folder of the project's templates.</param>
    /// <param name="own">A file that takes the place of report.md; it may include the same parts. Null for none.</param>
    public ReportTemplate(string folder, string? own = null)
    {
        Path = own ?? folder;
        sources = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.md").ToDictionary(path => System.IO.Path.GetFileNameWithoutExtension(path), File.ReadAllText)
            : [];
        if (own is not null)
            sources[Main] = Read(own);
        if (!sources.ContainsKey(Main))
            throw new ReportException($"{System.IO.Path.Combine(folder, Main + ".md")}: the report's template is not there.");
    }

    /// <summary>The file or folder that messages name.</summary>
    public string Path { get; }

    /// <summary>The report as Markdown.</summary>
    /// <param name="content">The results.</param>
    /// <param name="table">How a table stands in the text, given its name.</param>
    /// <param name="figure">How a figure stands in the text, given its name.</param>
    /// <exception cref="ReportException">The template is wrong, or asks for what was not recorded.</exception>
    public string Render(ReportContent content, Func<string, ResultTable, string> table, Func<string, Figure, string> figure)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });
        handlebars.Configuration.FormatProvider = CultureInfo.InvariantCulture;
        var records = content.Records;
        var verdicts = new Verdicts(records);

        Helper("table", 1, names => table(names[0], records.Get<ResultTable>(names[0], "table")));
        Helper("figure", 1, names => figure(names[0], records.Get<Figure>(names[0], "figure")));
        Helper("value", 1, arguments => Value(records, arguments));
        Helper("largest", 3, arguments => verdicts.Largest(arguments[0], arguments[1]).ToString(arguments[2], CultureInfo.InvariantCulture));
        // The verdicts are known when all of the text is.
        Helper("summary", 0, _ => Summary);
        Block("has", 1, arguments => records.Has(arguments[0]));
        Block("ran", 1, arguments => content.Provenance.Notebooks.Contains(arguments[0]));
        Block("within", 3, arguments => verdicts.Within(arguments[0], arguments[1], Number(arguments[2]), arguments.ElementAtOrDefault(3)));
        Block("atLeast", 2, arguments => verdicts.AtLeast(arguments[0], Number(arguments[1]), arguments.ElementAtOrDefault(2)));
        foreach (var (name, source) in sources.Where(source => source.Key != Main))
            handlebars.RegisterTemplate(name, source);

        try
        {
            var text = handlebars.Compile(sources[Main])(new { seeds = SeedTables(records), quick = content.Provenance.Settings.Quick, synthetic = content.Provenance.Synthetic, conclusive = !content.Provenance.Settings.Quick && !content.Provenance.Synthetic, provenance = Escaped(content.Provenance) });
            return text.Contains(Summary, StringComparison.Ordinal) ? text.Replace(Summary, verdicts.Any ? table("summary", verdicts.ToTable()) : "") : text;
        }
        catch (Exception e) when (Cause(e) is ReportException cause)
        {
            throw new ReportException($"{Path}: {cause.Message}", e);
        }
        catch (Exception e) when (e is HandlebarsException or HandlebarsUndefinedBindingException)
        {
            throw new ReportException($"{Path}: {e.Message}", e);
        }

        void Helper(string name, int least, Func<string[], string> write) => handlebars.RegisterHelper(
            name, (EncodedTextWriter writer, Context _, Arguments arguments) => writer.WriteSafeString(write(Texts(name, arguments, least))));

        void Block(string name, int least, Func<string[], bool> condition) => handlebars.RegisterHelper(name, (writer, options, context, arguments) =>
        {
            if (condition(Texts(name, arguments, least)))
                options.Template(writer, context);
            else
                options.Inverse(writer, context);
        });
    }

    private static string[] SeedTables(RecordSet records) => [.. records.Of<ResultTable>().Select(record => record.Name).Where(name => name.EndsWith(SeedStatistics.Ending, StringComparison.Ordinal))];

    private static object Escaped(Provenance provenance) => new
    {
        commit = TableMarkdown.Escape(provenance.Commit),
        seed = TableMarkdown.Escape(provenance.Seed),
        run = provenance.Settings.Quick ? "quick" : "full",
        data = provenance.Data.Select(TableMarkdown.Escape).ToArray(),
        engine = TableMarkdown.Escape(provenance.Engine),
        date = provenance.Date,
        wallTime = provenance.WallTime,
        cpu = TableMarkdown.Escape(provenance.Cpu),
        threads = provenance.Threads,
        runtime = TableMarkdown.Escape(provenance.Runtime),
        system = TableMarkdown.Escape(provenance.System),
        digests = provenance.Digests.Select(digest => new { name = TableMarkdown.Escape(digest.Key), digest = digest.Value }).ToArray(),
    };

    private static string[] Texts(string helper, Arguments arguments, int least) => arguments.Length >= least
        ? [.. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "")]
        : throw new ReportException($"{{{{{helper}}}}} needs {least} arguments and has {arguments.Length}.");

    private static string Value(RecordSet records, string[] arguments) => records.Get<object>(arguments[0], "value") switch
    {
        double number => number.ToString(arguments.ElementAtOrDefault(1), CultureInfo.InvariantCulture),
        string text => TableMarkdown.Escape(text),
        _ => throw new ReportException($"'{arguments[0]}' is not a value but a table or a figure."),
    };

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ReportException($"a block needs a number and has '{text}'.");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"--template {path}: cannot be read ({e.Message.TrimEnd('.')}).", e) { IsUsage = true };
        }
    }

    private static Exception Cause(Exception e) => e is ReportException || e.InnerException is null ? e : Cause(e.InnerException);
}
