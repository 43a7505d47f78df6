using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Fgsm.Benchmarks;
using Fgsm.Results.Tables;

var quick = new Option<bool>("--quick") { Description = "A smoke run of a minute: few batch sizes, few turns, no notebook kernel." };
var full = new Option<bool>("--full") { Description = "Hours: 10,000 images in the sweep, AutoAttack with its official numbers, and report B as a whole." };
var ops = new Option<string>("--ops")
{
    Description = "Measure single ops with BenchmarkDotNet instead; * is a wildcard, --ops alone takes all.",
    HelpName = "filter",
    Arity = ArgumentArity.ZeroOrOne,
};

var networks = new Option<bool>("--networks") { Description = "Only the table of networks of colour images and their layers." };
var experiments = new Option<bool>("--experiments") { Description = "Only the table of whole experiments." };

var command = new RootCommand("Measures the embedded engine beside libtorch and ONNX Runtime, in Markdown tables.")
{
    quick, full, networks, experiments, ops,
};
command.SetAction(options =>
{
    try
    {
        if (options.GetResult(ops) is null)
            Compare(options.GetValue(quick), options.GetValue(full), options.GetValue(networks), options.GetValue(experiments));
        else
            MeasureOps($"*{options.GetValue(ops)}*");
        return 0;
    }
    catch (Exception e) when (e is IOException or InvalidDataException)
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

static void Compare(bool quick, bool full, bool networks, bool experiments)
{
    using var comparison = new Comparison(quick ? Pace.Quick : Pace.Usual, Console.Error);
    var all = !networks && !experiments;
    if (all)
    {
        Console.WriteLine(comparison.BatchSizes().ToMarkdown());
        Console.WriteLine(comparison.SmallBatches().ToMarkdown());
    }
    if (all || networks)
        Console.WriteLine(comparison.Networks().ToMarkdown());
    if (all || experiments)
        Console.WriteLine(comparison.Experiments(images: full ? 10_000 : quick ? 64 : 1024, whole: full).ToMarkdown());
    if (all && !quick)
        Console.WriteLine(comparison.NotebookKernel().ToMarkdown());
}

static void MeasureOps(string filter)
{
    // In this process: a project generated beside this one would inherit its build settings.
    var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
    var config = DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.JoinSummary);
    List<Type> types = [typeof(Fgsm.Benchmarks.OnEmbedded.Ops)];
    if (Libtorch.TryLoad(get_num_threads(), Console.Error))
        types.Add(typeof(Fgsm.Benchmarks.OnLibtorch.Ops));
    BenchmarkSwitcher.FromTypes([.. types]).Run(["--filter", filter], config);
}
