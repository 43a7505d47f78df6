using System.CommandLine;
using System.Globalization;
using Fgsm.Data;
using Fgsm.Kernel;

namespace Fgsm.Report;

/// <summary>The command line.</summary>
internal static class ReportCommand
{
    public const int Failed = 1, UsageError = 2, Interrupted = 130;

    public static RootCommand Create(TextWriter output, TextWriter error)
    {
        var quick = new Option<bool>("--quick") { Description = "A smoke run in about a minute: fewer images and epochs." };
        var only = new Option<string[]>("--only") { Description = "Run only these notebooks, by name or number.", HelpName = "notebook", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<int?>("--seed") { Description = "Seed of every random number; the notebooks' own is 42.", HelpName = "number", CustomParser = ParseSeed };
        var data = new Option<string?>("--data") { Description = "A data folder to look in first.", HelpName = "folder" };
        var folder = new Option<string?>("--out") { Description = "Where the report goes; report/out unless given.", HelpName = "folder" };
        var list = new Option<bool>("--list") { Description = "List the notebooks and stop." };

        var command = new RootCommand("Runs the notebooks and writes their results as a report.") { quick, only, seed, data, folder, list };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var repository = Repository.Find();
                if (parsed.GetValue(list))
                {
                    foreach (var notebook in NotebookFile.All(repository))
                        output.WriteLine($"{notebook.Name}  {notebook.Title}");
                    return 0;
                }
                var options = new ReportOptions(parsed.GetValue(quick), parsed.GetValue(only) ?? [], parsed.GetValue(seed), parsed.GetValue(data), parsed.GetValue(folder));
                await new ReportRun(repository, options, output).RunAsync(cancellation);
                return 0;
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
        });
        return command;
    }

    private static int? ParseSeed(System.CommandLine.Parsing.ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            return seed;
        argument.AddError($"--seed: '{text}' is not a whole number from 0 to {int.MaxValue}");
        return null;
    }
}
