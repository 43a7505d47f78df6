using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Fgsm.Data;

namespace Fgsm.Report;

/// <summary>The command line.</summary>
internal static class ReportCommand
{
    public const int Failed = 1, UsageError = 2, Interrupted = 130;

    /// <summary>What a terminal shows without breaking lines.</summary>
    public const int Columns = 120;

    public static RootCommand Create(TextWriter output, TextWriter error)
    {
        var quick = new Option<bool>("--quick") { Description = "A smoke run in about two minutes: fewer images and epochs." };
        var only = new Option<string[]>("--only") { Description = "Run only these notebooks, by name or number; the other chapters of the report stay.", HelpName = "notebook", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<int?>("--seed") { Description = "Seed of every random number; the notebooks' own is 42.", HelpName = "number", CustomParser = result => WholeNumber(result, least: 0) };
        var seeds = new Option<int?>("--seeds") { Description = "Run with so many seeds, one after the other, and give mean and standard deviation.", HelpName = "number", CustomParser = result => WholeNumber(result, least: 1) };
        var grid = new Option<bool>("--grid", "--long") { Description = "Measure anew what notebooks read from notebooks/grids/: hours." };
        var fresh = new Option<bool>("--fresh") { Description = "Train everything again, where a notebook could load weights." };
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description = "Another value for a parameter of a notebook, in C#: -p dearImages=1000 -p \"eps=[0.1, 0.2]\".",
            HelpName = "name=value",
        };
        var engine = new Option<string>("--engine")
        {
            Description = "What computes: embedded, or torchsharp for TorchSharp and libtorch.",
            HelpName = "name",
            DefaultValueFactory = _ => RunSettings.EmbeddedEngine,
        };
        var data = DataOption();
        var folder = new Option<string?>("--out") { Description = "Where the report goes; report/out unless given.", HelpName = "folder" };
        ReportFormat[] standard = [ReportFormat.Md, ReportFormat.Html];
        var format = FormatOption(Names(standard));
        var template = TemplateOption();
        var replace = ReplaceOption();
        var shard = new Option<Shard?>("--shard")
        {
            Description = "Do only this share of the run, as 2/16, and keep its pieces for merge in --out, or report/out.shards.",
            HelpName = "i/n",
            CustomParser = ShardOf,
        };
        var timings = new Option<bool>("--timings")
        {
            Description = "Print at the end how long each phase of each notebook took, and its memory.",
        };
        var list = new Option<bool>("--list") { Description = "List the notebooks and stop." };

        var command = new RootCommand("Runs the notebooks and writes their results as a report.")
        {
            quick, only, parameters, seed, seeds, grid, fresh, engine, data, folder, replace, format, template, shard, timings, list,
            Merge(output, error), Status(output, error), Jobs(output, error),
            Export(output, error), Diff(output, error), Verify(output, error), Open(output, error), Serve(output, error),
        };
        command.Validators.Add(result =>
        {
            Option[] ofReports = [format, template, replace];
            if (result.GetResult(shard) is not null && ofReports.FirstOrDefault(option => result.GetResult(option) is not null) is { } other)
                result.AddError($"--shard writes no report; give {other.Name} to merge");
        });
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
        {
            var repository = Repository.Find();
            if (parsed.GetValue(list))
            {
                foreach (var notebook in NotebookFile.All(repository))
                    output.WriteLine($"{notebook.Name}  {TitleOf(notebook)}");
                return 0;
            }
            var settings = new RunSettings(
                parsed.GetValue(quick), parsed.GetValue(seed), parsed.GetValue(seeds) ?? 1, parsed.GetValue(grid), parsed.GetValue(fresh),
                parsed.GetValue(engine)!, parsed.GetValue(parameters) is { Length: > 0 } given ? given : null);
            var options = new ReportOptions(settings, parsed.GetValue(only) ?? [], parsed.GetValue(data), parsed.GetValue(folder))
            {
                Formats = Chosen(parsed, format, standard),
                Template = parsed.GetValue(template),
                Replace = parsed.GetValue(replace),
                Timings = parsed.GetValue(timings),
            };
            if (parsed.GetValue(shard) is { } share)
                await ShardRun.RunAsync(repository, options, share, output, cancellation);
            else
                await new ReportRun(repository, options, output).RunAsync(cancellation);
            return 0;
        }));
        return command;
    }

    private static Command Merge(TextWriter output, TextWriter error)
    {
        var folders = FoldersArgument();
        var folder = new Option<string?>("--out") { Description = "Where the report goes; report/out unless given.", HelpName = "folder" };
        ReportFormat[] standard = [ReportFormat.Md, ReportFormat.Html];
        var format = FormatOption(Names(standard));
        var template = TemplateOption();
        var replace = ReplaceOption();
        var command = new Command("merge", "Puts the shards of a run together and writes the report of one whole run.")
        {
            folders, folder, format, template, replace,
        };
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
        {
            var repository = Repository.Find();
            var shards = new Shards(Given(parsed, folders, repository));
            var options = new ReportOptions(shards.Plan.Settings, shards.Plan.Notebooks, Data: null, parsed.GetValue(folder))
            {
                Formats = Chosen(parsed, format, standard),
                Template = parsed.GetValue(template),
                Replace = parsed.GetValue(replace),
            };
            await new ReportRun(repository, options, output) { Shards = shards }.RunAsync(cancellation);
            return 0;
        }));
        return command;
    }

    private static Command Status(TextWriter output, TextWriter error)
    {
        var folders = FoldersArgument();
        var command = new Command("status", "Counts the pieces of the shards that are done, running, failed and waiting.") { folders };
        command.SetAction(Guarded(error, (parsed, _) =>
        {
            var repository = Repository.Find();
            ShardStatus.Write(repository, new Shards(Given(parsed, folders, repository)), output, TimeProvider.System);
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Jobs(TextWriter output, TextWriter error)
    {
        var scheduler = new Argument<string>("scheduler") { Description = "slurm, parallel or kubernetes." };
        var count = new Option<int?>("--shards")
        {
            Description = "Into how many shards the run is cut.", HelpName = "number", Required = true,
            CustomParser = result => WholeNumber(result, least: 1),
        };
        var pieces = new Option<string?>("--pieces")
        {
            Description = "Where the shards keep their pieces; report/out.shards unless given.", HelpName = "folder",
        };
        var folder = new Option<string?>("--out") { Description = "Where the report goes; report/out unless given.", HelpName = "folder" };
        var time = new Option<string>("--time")
        {
            Description = "Slurm's limit for a shard.", HelpName = "h:mm:ss", DefaultValueFactory = _ => "4:00:00",
        };
        var partition = new Option<string?>("--partition") { Description = "Slurm's partition.", HelpName = "name" };
        var command = new Command("jobs", "Writes what a scheduler needs to run and to merge the shards; all other options are the run's.")
        {
            scheduler, count, pieces, folder, time, partition,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(Guarded(error, (parsed, _) =>
        {
            // The run's own options are checked now, not when a job starts.
            if (Create(output, error).Parse([.. parsed.UnmatchedTokens, "--shard", "1/1"]).Errors is [var wrong, ..])
                throw new ReportException($"{wrong.Message.TrimEnd('.')}; --help lists the options.") { IsUsage = true };
            var repository = Repository.Find();
            var script = new JobScript(
                repository.Root, Directory.GetCurrentDirectory(), parsed.UnmatchedTokens,
                Path.GetFullPath(parsed.GetValue(pieces) ?? repository.Shards),
                Path.GetFullPath(parsed.GetValue(folder) ?? repository.Output), parsed.GetValue(count)!.Value);
            output.Write(parsed.GetValue(scheduler) switch
            {
                "slurm" => script.ToSlurm(parsed.GetValue(time)!, parsed.GetValue(partition)),
                "parallel" => script.ToParallel(),
                "kubernetes" => script.ToKubernetes(),
                var other => throw new ReportException($"jobs {other}: there are slurm, parallel and kubernetes.") { IsUsage = true },
            });
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Export(TextWriter output, TextWriter error)
    {
        var from = FolderArgument("folder", "The folder of an earlier run; report/out unless given.", ArgumentArity.ZeroOrOne);
        var to = new Option<string?>("--out") { Description = "Where the report goes; the same folder unless given.", HelpName = "folder" };
        var replace = ReplaceOption();
        var format = FormatOption("all");
        var template = TemplateOption();
        var command = new Command("export", "Writes the report of an earlier run anew, without running again.") { from, to, replace, format, template };
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
        {
            var repository = Repository.Find();
            await ReportExport.RunAsync(
                repository, parsed.GetValue(from) ?? repository.Output, parsed.GetValue(to), parsed.GetValue(replace), parsed.GetValue(template),
                Chosen(parsed, format, Enum.GetValues<ReportFormat>()), output, cancellation);
            return 0;
        }));
        return command;
    }

    private static Command Diff(TextWriter output, TextWriter error)
    {
        var first = FolderArgument("first", "The folder of one run.", ArgumentArity.ExactlyOne);
        var second = FolderArgument("second", "The folder of another.", ArgumentArity.ExactlyOne);
        var command = new Command("diff", "Shows two runs side by side; exit code 1 when their results differ.") { first, second };
        command.SetAction(Guarded(error, (parsed, _) =>
        {
            var (one, other) = (parsed.GetValue(first)!, parsed.GetValue(second)!);
            var (a, b) = (RecordFolder.Read(one), RecordFolder.Read(other));
            output.WriteLine(RunDifference.Origins(a.Provenance, b.Provenance, one, other).ToText(Columns));
            var differences = RunDifference.Between(a.Records, b.Records, one, other);
            output.WriteLine(differences.Rows.Count == 0 ? "All results are the same." : differences.ToText(Columns).TrimEnd());
            return Task.FromResult(differences.Rows.Count == 0 ? 0 : Failed);
        }));
        return command;
    }

    private static Command Verify(TextWriter output, TextWriter error)
    {
        var folder = FolderArgument("folder", "The folder of an earlier run.", ArgumentArity.ExactlyOne);
        var data = DataOption();
        var command = new Command("verify", "Runs again with the recorded settings and compares the tables' digests; exit code 1 when one differs.") { folder, data };
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
            await ReportVerification.RunAsync(Repository.Find(), parsed.GetValue(folder)!, parsed.GetValue(data), output, cancellation) ? 0 : Failed));
        return command;
    }

    private static Command Open(TextWriter output, TextWriter error)
    {
        var folder = FolderArgument("folder", "The report's folder; report/out unless given.", ArgumentArity.ZeroOrOne);
        var command = new Command("open", "Shows the report in the browser.") { folder };
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
        {
            var page = Path.GetFullPath(Path.Combine(parsed.GetValue(folder) ?? Repository.Find().Output, "report.html"));
            if (!File.Exists(page))
                throw new ReportException($"{page}: is not there; run the report first.") { IsUsage = true };
            await Browser.OpenAsync(page, cancellation);
            output.WriteLine($"Opened {page}.");
            return 0;
        }));
        return command;
    }

    private static Command Serve(TextWriter output, TextWriter error)
    {
        var folder = FolderArgument("folder", "The report's folder; report/out unless given.", ArgumentArity.ZeroOrOne);
        var port = new Option<int?>("--port") { Description = "The port; any that is free unless given.", HelpName = "number", CustomParser = result => WholeNumber(result, least: 0, most: ushort.MaxValue) };
        var command = new Command("serve", "Shows the report and the notebooks on a local page, which renews itself while a run goes on.") { folder, port };
        command.SetAction(Guarded(error, async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(folder) ?? Repository.Find().Output;
            await using var server = await ReportServer.StartAsync(path, parsed.GetValue(port) ?? 0);
            output.WriteLine($"{path} is shown at {server.Address} until Ctrl-C.");
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }));
        return command;
    }

    private static Func<ParseResult, CancellationToken, Task<int>> Guarded(TextWriter error, Func<ParseResult, CancellationToken, Task<int>> action) => async (parsed, cancellation) =>
    {
        try
        {
            return await action(parsed, cancellation);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("fgsm-report: stopped; an earlier report is untouched.");
            return Interrupted;
        }
        catch (Exception e) when (e is ReportException or NotebookException or DataException)
        {
            error.WriteLine($"fgsm-report: {e.Message.ReplaceLineEndings(" ")}");
            return e is ReportException { IsUsage: true } ? UsageError : Failed;
        }
    };

    private static string TitleOf(NotebookFile notebook)
    {
        try
        {
            return notebook.Title;
        }
        catch (NotebookException e)
        {
            return $"({e.Message.ReplaceLineEndings(" ")})";
        }
    }

    private static Argument<string?> FolderArgument(string name, string description, ArgumentArity arity) => new(name) { Description = description, Arity = arity };

    private static Argument<string[]> FoldersArgument() => new("folder")
    {
        Description = "The folders in which the shards keep their pieces; report/out.shards unless given.", Arity = ArgumentArity.ZeroOrMore,
    };

    private static string[] Given(ParseResult parsed, Argument<string[]> folders, Repository repository) =>
        parsed.GetValue(folders) is { Length: > 0 } given ? given : [repository.Shards];

    private static Option<string?> DataOption() => new("--data") { Description = "A data folder to look in first.", HelpName = "folder" };

    private static Option<bool> ReplaceOption() => new("--replace") { Description = "Drop the other chapters of the report, or replace a full run by a quick one." };

    private static Option<string?> TemplateOption() => new("--template") { Description = "Your own template instead of report/templates/report.md.", HelpName = "file" };

    private static Option<ReportFormat[]> FormatOption(string standard) => new("--format")
    {
        Description = $"Any of {Names(Enum.GetValues<ReportFormat>())}; {standard} unless given.",
        HelpName = "formats",
        CustomParser = Formats,
    };

    private static ReportFormat[] Chosen(ParseResult parsed, Option<ReportFormat[]> option, ReportFormat[] standard) =>
        parsed.GetValue(option) is { Length: > 0 } formats ? formats : standard;

    private static string Names(IEnumerable<ReportFormat> formats) => string.Join(',', formats.Select(format => $"{format}".ToLowerInvariant()));

    private static ReportFormat[] Formats(ArgumentResult argument)
    {
        List<ReportFormat> formats = [];
        foreach (var name in argument.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            // A number would pass Enum.TryParse.
            if (name.All(char.IsLetter) && Enum.TryParse<ReportFormat>(name, ignoreCase: true, out var format))
                formats.Add(format);
            else
                argument.AddError($"--format: '{name}' is none of {Names(Enum.GetValues<ReportFormat>())}");
        }
        return [.. formats.Distinct()];
    }

    private static Shard? ShardOf(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (text.Split('/') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index >= 1 && index <= count)
            return new Shard(index, count);
        argument.AddError($"--shard: '{text}' is no share such as 2/16");
        return null;
    }

    private static int? WholeNumber(ArgumentResult argument, int least, int most = int.MaxValue)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        argument.AddError($"{argument.Parent switch { OptionResult option => option.Option.Name, _ => "argument" }}: '{text}' is not a whole number from {least} to {most}");
        return null;
    }
}
