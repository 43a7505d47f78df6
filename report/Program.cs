using System.CommandLine;
using Fgsm.Data;
using Fgsm.Report;

// Before the kernel redirects the console for the cells that it runs.
var (output, error) = (Console.Out, Console.Error);

// Notebooks run in their own folder, but the user stands in this one.
if (Environment.GetEnvironmentVariable(DataFolders.Variable) is { Length: > 0 } data)
    Environment.SetEnvironmentVariable(DataFolders.Variable, Path.GetFullPath(data));

var command = ReportCommand.Create(output, error);
var parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    error.WriteLine($"fgsm-report: {parsed.Errors[0].Message.TrimEnd('.')}; --help lists the options.");
    return ReportCommand.UsageError;
}
// The command answers Ctrl-C itself and promptly; the time is for a cell that does not stop.
return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
