using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace Fgsm.Report.Writing;

/// <summary>
/// The prose: report/templates/report.md, in which the other .md files of the folder are partials. Its helpers put results and
/// published numbers in by name, so that no number is ever typed.
/// </summary>
internal sealed partial class ReportTemplate
{
    private const string Main = "report";

    // Each helper with the fewest arguments that it needs.
    private static readonly (string Name, int Least)[] Writers = 
    [
        ("table", 1), ("figure", 1), ("value", 1), ("cell", 3), ("published", 2), ("comparisons", 1), ("settings", 1), ("tally", 0),
        ("ref", 1), ("cite", 1), ("contents", 0), ("bibliography", 0),
    ];
    private static readonly (string Name, int Least)[] Blocks = [("has", 1), ("ran", 1)];

    private readonly string folder;
    private readonly string? published;
    private readonly Dictionary<string, string> sources;

    /// <exception cref="ReportException">The folder has no report.md, or the user's file cannot be read.</exception>
    /// <param name="folder">The folder of the project's templates.</param>
    /// <param name="own">A file that takes the place of report.md; it may include the same parts. Null for none.</param>
    /// <param name="published">The folder of published numbers; null for that of the checkout around the current folder.</param>
    public ReportTemplate(string folder, string? own = null, string? published = null)
    {
        Path = own ?? folder;
        this.folder = folder;
        this.published = published;
        Bibliography = Bibliography.ReadFrom(folder);
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

    /// <summary>What the text may cite.</summary>
    public Bibliography Bibliography { get; }

    /// <summary>The form of ReScience C's metadata, to be filled in; null where the folder has none.</summary>
    public string? Metadata => System.IO.Path.Combine(folder, "metadata.yaml") is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>The published numbers beside these results.</summary>
    public Comparisons Compare(RecordSet records) => new(Claim.ReadAll(folder), records, published);

    /// <summary>Finds before a run what would stop the report after it: a mistake of form, or a name that nothing has or records.</summary>
    /// <param name="notebooks">The notebooks that will run.</param>
    /// <param name="settings">What the run is asked for.</param>
    /// <param name="kept">What the report will keep of an earlier one; null for nothing.</param>
    /// <exception cref="ReportException">The template is wrong.</exception>
    public void Check(IReadOnlyList<NotebookFile> notebooks, RunSettings settings, ReportContent? kept = null)
    {
        const string anySeedTable = "*";
        string[] names = [.. notebooks.SelectMany(notebook => notebook.RecordNames), .. kept?.Records.All.Select(record => record.Name) ?? []];
        string[] running = [.. notebooks.Select(notebook => notebook.Name), .. kept?.Provenance.AllNotebooks ?? []];
        var planned = new Provenance("", "", settings, running, [], false, "", "", 0, "", "", "", "", new Dictionary<string, string>());
        // On drawn digits and on real ones the text may say different things.
        foreach (var synthetic in new[] { false, true })
            Run(planned with { Synthetic = synthetic }, settings.Seeds > 1 ? [anySeedTable] : [], Write, Choose);

        string Write(string helper, string[] arguments)
        {
            if (helper is "cite")
                return Cite(arguments);
            if (helper is "published")
                return Say(arguments);
            if (kept?.Provenance.AnyOwnParameters == true)
                return "";
            if (helper is "table" or "figure" or "value" or "cell" or "has" && arguments[0] != anySeedTable && !IsRecorded(arguments[0]))
            {
                var near = NearNames.Say(arguments[0], names.Where(name => !name.Contains('*')));
                throw new ReportException($"no notebook of this run records '{arguments[0]}', which {{{{{helper}}}}} asks for; {near}.");
            }
            return "";
        }

        Branch Choose(string helper, string[] arguments)
        {
            if (helper == "ran")
                return running.Contains(arguments[0]) ? Branch.Then : Branch.Else;
            if (helper == "has" && !IsRecorded(arguments[0]))
                return Branch.Else;
            Write(helper, arguments);
            return Branch.Then | Branch.Else;
        }

        bool IsRecorded(string name)
        {
            if (settings.Seeds > 1 && name.EndsWith(SeedStatistics.Ending, StringComparison.Ordinal))
                name = name[..^SeedStatistics.Ending.Length];
            return names.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
        }
    }

    /// <summary>The report as Markdown.</summary>
    /// <param name="content">The results.</param>
    /// <param name="place">
    /// How what has a place of its own stands in the text, given its name: a <see cref="ResultTable"/>, a <see cref="Figure"/>, the
    /// <see cref="Contents"/> or the <see cref="Writing.Bibliography"/>.
    /// </param>
    /// <exception cref="ReportException">The template is wrong, or asks for what was not recorded.</exception>
    public string Render(ReportContent content, Func<string, object, string> place)
    {
        var records = content.Records;
        var comparisons = new Lazy<Comparisons>(() => Compare(records));
        return Run(content.Provenance, SeedTables(records), WriteWhatThereIs,
            (helper, arguments) => Holds(helper, arguments[0]) ? Branch.Then : Branch.Else);

        // With parameters of the reader's own a notebook may record less, or other rows, than the text asks for.
        string WriteWhatThereIs(string helper, string[] arguments)
        {
            try
            {
                return Write(helper, arguments);
            }
            catch (ReportException) when (content.Provenance.AnyOwnParameters && helper is "table" or "figure" or "value" or "cell")
            {
                return Column.Nothing;
            }
        }

        string Write(string helper, string[] arguments) => helper switch
        {
            "table" => place(arguments[0], records.Get<ResultTable>(arguments[0], "table")),
            "figure" => place(arguments[0], records.Get<Figure>(arguments[0], "figure")),
            "value" => Value(records, arguments),
            "cell" => Show(ResultCell.Find(records, arguments[0], arguments[1], arguments[2])?.Value, arguments[0], arguments.ElementAtOrDefault(3)),
            "published" => Say(arguments),
            "comparisons" when arguments.Length == 1 => PlaceAny("comparisons", comparisons.Value.Headline(arguments[0])),
            "comparisons" => PlaceAny($"comparisons.{arguments[1]}", comparisons.Value.Table(arguments[0], arguments[1])),
            "settings" => PlaceAny("settings", comparisons.Value.Settings(arguments[0])),
            "tally" => comparisons.Value.Tally(arguments.ElementAtOrDefault(0) ?? ""),
            // Numbers are known when all of the text is.
            "ref" => $"<!-- ref {arguments[0]} -->",
            "cite" => Cite(arguments),
            "contents" => place("contents", new Contents()),
            _ => place("bibliography", Bibliography),
        };

        string PlaceAny(string name, ResultTable table) => table.Rows.Count > 0 ? place(name, table) : "";

        bool Holds(string helper, string name) => helper == "has" ? records.Has(name) : content.Provenance.AllNotebooks.Contains(name);
    }

    /// <summary>The text with what the helpers give.</summary>
    /// <param name="provenance">What the text may say of the run.</param>
    /// <param name="seeds">The names of the tables over several seeds.</param>
    /// <param name="write">What a helper puts into the text, given its name and arguments.</param>
    /// <param name="choose">Which texts of a block helper are taken, given its name and arguments.</param>
    private string Run(Provenance provenance, string[] seeds, Func<string, string[], string> write, Func<string, string[], Branch> choose)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });
        handlebars.Configuration.FormatProvider = CultureInfo.InvariantCulture;
        foreach (var (name, least) in Writers)
        {
            handlebars.RegisterHelper(name, (EncodedTextWriter writer, Context _, Arguments arguments) =>
                writer.WriteSafeString(write(name, Texts(name, arguments, least))));
        }
        foreach (var (name, least) in Blocks)
        {
            handlebars.RegisterHelper(name, (writer, options, context, arguments) =>
            {
                var chosen = choose(name, Texts(name, arguments, least));
                if (chosen.HasFlag(Branch.Then))
                    options.Template(writer, context);
                if (chosen.HasFlag(Branch.Else))
                    options.Inverse(writer, context);
            });
        }
        foreach (var (name, source) in sources.Where(source => source.Key != Main))
            handlebars.RegisterTemplate(name, source);

        var (quick, synthetic) = (provenance.AnyQuick, provenance.AnySynthetic);
        try
        {
            return handlebars.Compile(sources[Main])(new { seeds, quick, synthetic, conclusive = !quick && !synthetic, provenance = Escaped(provenance) });
        }
        catch (Exception e) when (Cause(e) is ReportException cause)
        {
            throw new ReportException($"{Path}: {cause.Message}", e) { IsUsage = cause.IsUsage };
        }
        catch (HandlebarsUndefinedBindingException e)
        {
            throw new ReportException($"{Path}: {Unknown(e.MissingKey)}", e);
        }
        catch (HandlebarsException e)
        {
            var helper = UnknownHelper().Match(e.Message);
            throw new ReportException($"{Path}: {(helper.Success ? Unknown(helper.Groups[1].Value) : e.Message)}", e);
        }
    }

    private static string Unknown(string name)
    {
        string[] known = [.. Writers.Concat(Blocks).Select(helper => helper.Name), "quick", "synthetic", "conclusive", "seeds", "provenance", "if", "each", "unless"];
        return $"{{{{{name}}}}} is nothing that a template knows; {NearNames.Say(name, known)}.";
    }

    [Flags]
    private enum Branch
    {
        Then = 1,
        Else = 2,
    }

    private static string[] SeedTables(RecordSet records) => [.. records.Of<ResultTable>().Select(record => record.Name).Where(name => name.EndsWith(SeedStatistics.Ending, StringComparison.Ordinal))];

    private static object Escaped(Provenance provenance) => new
    {
        commit = TableMarkdown.Escape(provenance.Commit),
        seed = TableMarkdown.Escape(provenance.Seed),
        parameters = TableMarkdown.Escape(string.Join("; ", provenance.Settings.Parameters ?? [])),
        run = provenance.Settings.Quick ? "quick" : "full",
        data = provenance.Data.Select(TableMarkdown.Escape).ToArray(),
        engine = TableMarkdown.Escape(provenance.Engine),
        date = provenance.Date,
        wallTime = provenance.WallTime,
        peakMemory = provenance.PeakMemory,
        cpu = TableMarkdown.Escape(provenance.Cpu),
        threads = provenance.Threads,
        runtime = TableMarkdown.Escape(provenance.Runtime),
        system = TableMarkdown.Escape(provenance.System),
        runs = provenance.Runs.Count() > 1 ? provenance.Runs.Select(Escaped).ToArray() : [],
        notebooks = TableMarkdown.Escape(string.Join(", ", provenance.Notebooks)),
        digests = provenance.AllDigests.Select(digest => new { name = TableMarkdown.Escape(digest.Key), digest = digest.Value }).ToArray(),
    };

    private static string[] Texts(string helper, Arguments arguments, int least) => arguments.Length >= least
        ? [.. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "")]
        : throw new ReportException($"{{{{{helper}}}}} needs {least} arguments and has {arguments.Length}.");

    private static string Value(RecordSet records, string[] arguments) => Show(records.Get<object>(arguments[0], "value"), arguments[0], arguments.ElementAtOrDefault(1));

    private static string Show(object? value, string name, string? format) => value switch
    {
        double number => number.ToString(format, CultureInfo.InvariantCulture),
        string text => TableMarkdown.Escape(text),
        null => Column.Nothing,
        _ => throw new ReportException($"'{name}' is not a value but a table or a figure."),
    };

    private string Cite(string[] keys) => string.Join(", ", keys.Select(key => string.Create(CultureInfo.InvariantCulture, $@"[\[{Bibliography.NumberOf(key)}\]](#ref-{key})")));

    /// <summary>What a report published: the file, the column, and pairs that name the row.</summary>
    private string Say(string[] arguments)
    {
        try
        {
            (string, object)[] key = [.. arguments.Skip(2).Chunk(2).Select(pair => (pair[0], (object)pair[^1]))];
            return TableMarkdown.Escape(Published.Read(arguments[0], published).Text(arguments[1], key)
                ?? throw new ReportException($"{arguments[0]}: the report says nothing of {string.Join(' ', arguments.Skip(1))}."));
        }
        catch (ArgumentException e)
        {
            throw new ReportException(e.Message, e);
        }
    }

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

    [GeneratedRegex("Helper '([^']+)'")]
    private static partial Regex UnknownHelper();

    private static Exception Cause(Exception e) => e is ReportException || e.InnerException is null ? e : Cause(e.InnerException);
}
