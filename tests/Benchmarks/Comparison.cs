using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Environments;
using Fgsm.Benchmarks.Kernel;
using Fgsm.Benchmarks.Onnx;
using Fgsm.Reporting;

namespace Fgsm.Benchmarks;

/// <summary>The tables: the embedded engine beside libtorch and ONNX Runtime, by turns.</summary>
internal sealed class Comparison : IDisposable
{
    // The library's sweep takes no more images at once.
    private const int LargestSweepBatch = 500;

    private readonly Pace pace;
    private readonly TextWriter log;
    private readonly OnnxForward onnx;
    private readonly List<Engine> engines;
    private readonly Dictionary<(Work Work, int Size), double?[]> inLoop = [];
    private double peak;

    /// <exception cref="InvalidDataException">The engines do not compute the same.</exception>
    public Comparison(Pace pace, TextWriter log)
    {
        (this.pace, this.log) = (pace, log);
        onnx = new OnnxForward(Embedded.Works.ReportB(), get_num_threads());
        engines = [Engine.Embedded, .. Engine.Libtorch(get_num_threads(), log) is { } libtorch ? [libtorch] : Array.Empty<Engine>(), Engine.OnnxRuntime(onnx)];
        foreach (var peer in engines.Skip(1))
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peer.Name}: its logits are within {peer.CompareLogits():0.0e0} of ours"));
    }

    /// <summary>Milliseconds an image at every batch size.</summary>
    public ResultTable BatchSizes()
    {
        Work[] works = [Work.Training, Work.AdversarialTraining, Work.Forward, Work.Attack, Work.ReportETraining];
        foreach (var work in works)
        {
            peak = Math.Max(peak, FmaPeak.Measure());
            foreach (var size in pace.Sizes)
            {
                log.WriteLine($"{work.Name}, n = {size} ...");
                inLoop[(work, size)] = pace.InLoop(Start(work, size));
            }
        }
        var table = new ResultTable($"Milliseconds an image in batches of n. {Machine()}")
        {
            Note = $"Medians of {pace.Runs} turns (at least a third as many where they take long), the engines by turns with a pause between, {get_num_threads()} threads each. Best: each engine at its own best n; ratio: the other's best by ours, above 1 where ours is faster. "
                + $"{AtOne(works)} "
                + "Training and FGSM are the same sources, lib/Fgsm, compiled against both engines; what they do beside tensors (order of the batch, accuracy, checks of pixels) is in the times of both. libtorch is called through TorchSharp, as .NET programs call it, and runs op by op: a compiled graph (torch.compile) is not to be had there. ONNX Runtime has all its graph optimisations. "
                + "The images are random, which is against ours: digits leave more zeros behind ReLU, and ours skips zeros in some products. "
                + $"FMA peak {peak.ToString("0", CultureInfo.InvariantCulture)} GFLOP/s, the highest measured in this run. GFLOP/s are ours at its best n and count convolutions as direct ones and matrix products as dense ones, so Winograd's method and zeros left out may pass the peak."
                + (engines.Count == 3 ? "" : " libtorch could not be loaded here."),
        };
        table.Text("work").Text("engine");
        foreach (var size in pace.Sizes)
            table.Number($"n = {size.ToString("N0", CultureInfo.InvariantCulture)}", format: "0.000");
        table.Number("best", format: "0.000").Number("ratio", format: "0.00x").Number("GFLOP/s", format: "0").Percent("share of FMA peak", "0");
        foreach (var work in works)
            for (var engine = 0; engine < engines.Count; engine++)
                if (Best(work, engine) is { } best)
                {
                    var speed = engine == 0 ? work.Operations / best.Milliseconds / 1e6 : (double?)null;
                    object?[] cells = [engine == 0 ? work.Name : "", engines[engine].Name, .. pace.Sizes.Select(size => (object?)PerImage(work, size, engine)),
                        best.Milliseconds, engine == 0 ? null : best.Milliseconds / Best(work, 0)!.Value.Milliseconds, speed, 100 * speed / peak];
                    table.Add(cells);
                }
        return table;
    }

    /// <summary>Small batches, in milliseconds a batch: <see cref="BatchSizes"/> has measured them in a loop, this also after a pause.</summary>
    public ResultTable SmallBatches()
    {
        Work[] works = [Work.Training, Work.Forward, Work.Attack];
        var sizes = pace.Sizes.Where(size => size <= 16).ToList();
        var table = new ResultTable("Milliseconds a small batch, in a loop and as a single call after a pause of 60 ms") { Note = "After a pause threads sleep, and the caches are others'." };
        table.Text("work").Text("engine");
        foreach (var size in sizes)
            table.Number($"n = {size}, in a loop", format: "0.00").Number($"n = {size}, after a pause", format: "0.00");
        foreach (var work in works)
        {
            log.WriteLine($"{work.Name}, after a pause ...");
            var afterPause = sizes.Select(size => pace.AfterPause(Start(work, size))).ToList();
            for (var engine = 0; engine < engines.Count; engine++)
                if (afterPause[0][engine] is not null)
                    table.Add([engine == 0 ? work.Name : "", engines[engine].Name, .. sizes.SelectMany((size, i) => new object?[] { inLoop[(work, size)][engine], afterPause[i][engine] })]);
        }
        return table;
    }

    /// <summary>Whole experiments, each engine with its best batches.</summary>
    public ResultTable Experiments(int images, bool reportB)
    {
        var table = new ResultTable("Whole experiments, in seconds")
        {
            Note = "The sweep takes one gradient an image for every eps, on both engines; by hand it is an attack for every eps, as in PyTorch's tutorial, on libtorch, and the ratio is to our sweep.",
        };
        table.Text("work").Number("ours", "s", "0.00").Number("libtorch", "s", "0.00").Number("ratio", format: "0.00x");
        log.WriteLine("sweep ...");
        var (ours, theirs) = (SweepBatch(0), SweepBatch(1));
        var libtorch = engines.Count == 3;
        var sweep = pace.InTurns([Embedded.Works.Sweep(images, ours), libtorch ? Libtorch.Works.Sweep(images, theirs) : null, libtorch ? Libtorch.Works.SweepByHand(images, theirs) : null]);
        var count = images.ToString("N0", CultureInfo.InvariantCulture);
        Add($"sweep of 8 eps, {count} images, batches of {ours} and {theirs}", sweep[0], sweep[1]);
        Add($"the same, on libtorch by hand", sweep[0], sweep[2]);
        if (reportB)
        {
            log.WriteLine("report B as a whole ...");
            var whole = Pace.Once([Embedded.Works.WholeReportB, libtorch ? Libtorch.Works.WholeReportB : null]);
            Add("report B as a whole, batches of 128", whole[0], whole[1]);
        }
        return table;

        void Add(string name, double? ours, double? theirs) => table.Add(name, ours / 1000, theirs / 1000, theirs / ours);
    }

    public ResultTable NotebookKernel()
    {
        log.WriteLine("notebook kernel ...");
        var table = new ResultTable("The notebook kernel") { Note = "Asked over Jupyter's protocol by a client of this program." }.Text("what").Number("time", "ms", "0.0");
        foreach (var (work, milliseconds) in KernelTimes.Measure())
            table.Add(work, milliseconds);
        return table;
    }

    public void Dispose() => onnx.Dispose();

    private Action?[] Start(Work work, int size)
    {
        // Networks of the work before, and what libtorch has allocated for them.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. engines.Select(engine => engine.Of(work)?.Invoke(size))];
    }

    private double? PerImage(Work work, int size, int engine) => inLoop[(work, size)][engine] / size;

    private (int Size, double Milliseconds)? Best(Work work, int engine, int largest = int.MaxValue) =>
        pace.Sizes.Where(size => size <= largest && PerImage(work, size, engine) is not null).Select(size => ((int, double Milliseconds)?)(size, PerImage(work, size, engine)!.Value))
            .MinBy(best => best!.Value.Milliseconds);

    private int SweepBatch(int engine) => Best(Work.Attack, engine, LargestSweepBatch)?.Size ?? 0;

    /// <summary>The size that flatters ours least, in words.</summary>
    private string AtOne(Work[] works)
    {
        var slower = from work in works
                     from engine in Enumerable.Range(1, engines.Count - 1)
                     let ratio = PerImage(work, 1, 0) / PerImage(work, 1, engine)
                     where ratio > 1
                     select string.Create(CultureInfo.InvariantCulture, $"{work.Name} {ratio:0.00}x {engines[engine].Name}'s time");
        return slower.Any() ? $"At n = 1 ours is slower: {string.Join(", ", slower)}." : "At n = 1 ours is not slower in any.";
    }

    private static string Machine()
    {
        var cpu = HostEnvironmentInfo.GetCurrent().Cpu.Value.ProcessorName?.Trim() ?? "unknown CPU";
        var bits = Vector512.IsHardwareAccelerated ? 512 : 32 * Vector<float>.Count;
        return string.Create(CultureInfo.InvariantCulture, $"{cpu}, {Environment.ProcessorCount} cores, {get_num_threads()} threads, {bits}-bit vectors, .NET {Environment.Version}, {DateTime.Now:yyyy-MM-dd}");
    }
}
