using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Fgsm.Benchmarks;
using Fgsm.Results.Tables;

var full = new Option<bool>("--full") { Description = "Also what takes minutes: all images, in the sweep and in report B as a whole." };
var runs = new Option<int>("--runs") { Description = "Runs of each work, fewer of long ones; the table shows the median.", HelpName = "number", DefaultValueFactory = _ => 15 };
runs.Validators.Add(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
        result.AddError($"--runs: {number} is not 1 or more");
});
var ops = new Option<string>("--ops") { Description = "Measure single ops with BenchmarkDotNet instead; * is a wildcard, --ops alone takes all.", HelpName = "filter", Arity = ArgumentArity.ZeroOrOne };

var command = new RootCommand("Measures the engine, beside PyTorch where python3 has torch, and prints a Markdown table.") { full, runs, ops };
command.SetAction(options =>
{
    if (options.GetResult(ops) is not null)
    {
        // In this process: a project generated beside this one would inherit its build settings.
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromTypes([typeof(Ops)]).Run(["--filter", $"*{options.GetValue(ops)}*"], config);
        return 0;
    }
    try
    {
        Console.WriteLine(Comparison.Run(options.GetValue(full), options.GetValue(runs), Console.Error).ToMarkdown());
        return 0;
    }
    catch (IOException e)
    {
        Console.Error.WriteLine($"benchmarks: {e.Message}.");
        return 1;
    }
});
var parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"benchmarks: {parsed.Errors[0].Message.TrimEnd('.')}; --help lists the options.");
    return 2;
}
return parsed.Invoke();
