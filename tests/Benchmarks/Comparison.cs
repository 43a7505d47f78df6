using System.Numerics;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Environments;
using Fgsm.Benchmarks.Kernel;
using Fgsm.Benchmarks.Onnx;
using Fgsm.Results.Tables;

namespace Fgsm.Benchmarks;

/// <summary>The tables: the embedded engine, the first of the engines, beside libtorch and ONNX Runtime.</summary>
internal sealed class Comparison : IDisposable
{
    // The library's sweep takes no more images at once.
    private const int LargestSweepBatch = 500;

    private static readonly Work[] Works = [Work.Training, Work.AdversarialTraining, Work.Forward, Work.Attack, Work.ReportETraining];
    private static readonly Work[] SmallWorks = [Work.Training, Work.Forward, Work.Attack];

    private readonly Pace pace;
    private readonly TextWriter log;
    private readonly OnnxForward onnx;
    private readonly List<Engine> engines = [Engine.Embedded];
    private readonly bool hasLibtorch;
    // Milliseconds a batch of each engine that has the work.
    private readonly Dictionary<(Work Work, int Size), double?[]> inLoop = [];

    /// <param name="log">Hears what is being measured, and which engine is missing.</param>
    /// <exception cref="InvalidDataException">The engines do not compute the same.</exception>
    public Comparison(Pace pace, TextWriter log)
    {
        (this.pace, this.log) = (pace, log);
        hasLibtorch = Libtorch.TryLoad(get_num_threads(), log);
        if (hasLibtorch)
            engines.Add(Engine.Libtorch);
        onnx = new OnnxForward(OnEmbedded.Works.ReportB(), get_num_threads());
        engines.Add(Engine.OnnxRuntime(onnx));
        foreach (var peer in engines.Skip(1))
            log.WriteLine(Text($"{peer.Name}: its logits are within {peer.CompareLogits():0.0e0} of ours."));
    }

    /// <summary>Milliseconds an image at every batch size.</summary>
    public ResultTable BatchSizes()
    {
        var (peak, others) = (0.0, new OtherPrograms());
        foreach (var work in Works)
        {
            peak = Math.Max(peak, FmaPeak.Measure());
            MeasureInLoop(work);
        }
        var table = new ResultTable($"Milliseconds an image, in batches of n. {Machine()}") { Note = Note(peak, others.Share) };
        table.Text("work").Text("engine");
        foreach (var size in pace.Sizes)
            table.Number(Text($"n = {size:N0}"), format: "0.000");
        table.Number("best", format: "0.000").Number("ratio", format: "0.00x");
        table.Number("GFLOP/s", format: "0").Percent("share of FMA peak", "0");
        foreach (var work in Works)
        {
            var ours = Best(work, 0).Milliseconds;
            var speed = work.Operations / ours / 1e6;
            Row(work, 0, ours, null, speed, 100 * speed / peak);
            for (var engine = 1; engine < engines.Count; engine++)
                if (Has(work, engine))
                    Row(work, engine, Best(work, engine).Milliseconds, Best(work, engine).Milliseconds / ours, null, null);
        }
        return table;

        void Row(Work work, int engine, params object?[] cells)
        {
            var times = pace.Sizes.Select(size => (object)PerImage(work, size, engine));
            table.Add([engine == 0 ? work.Name : "", engines[engine].Name, .. times, .. cells]);
        }
    }

    /// <summary>Networks of colour images, and what they are made of.</summary>
    public ResultTable Networks()
    {
        var table = new ResultTable("Networks of colour images and their layers, in milliseconds a batch")
        {
            Note = "The CIFAR network is airbench94's at full width, ResNet-18 has CIFAR's shape, SqueezeNet takes 227 x 227 pixels. Layers "
                + "see [n, 64, 32, 32] and go forward and backward, BatchNorm2d in evaluation forward only.",
        };
        table.Text("work").Number("n", format: "0").Number("ours", "ms", "0.0").Number("libtorch", "ms", "0.0").Number("ratio", format: "0.00x");
        foreach (var (work, size) in Work.Networks)
        {
            log.WriteLine($"{work.Name} ...");
            var times = pace.InLoop([work.OnEmbedded(size), hasLibtorch ? work.OnLibtorch(size) : null]);
            table.Add(work.Name, size, times[0], times[1], times[1] / times[0]);
        }
        return table;
    }

    /// <summary>Milliseconds a small batch: in a loop, as <see cref="BatchSizes"/> has measured, and after a pause.</summary>
    public ResultTable SmallBatches()
    {
        var sizes = pace.Sizes.Where(size => size <= 16).ToList();
        var table = new ResultTable("Milliseconds a batch, in a loop and as a single call after a pause of 60 ms");
        table.Text("work").Text("engine");
        foreach (var size in sizes)
            table.Number($"n = {size}, in a loop", format: "0.00").Number($"n = {size}, after a pause", format: "0.00");
        foreach (var work in SmallWorks)
        {
            log.WriteLine($"{work.Name}, after a pause ...");
            var afterPause = sizes.ToDictionary(size => size, size => pace.AfterPause(Start(work, size)));
            for (var engine = 0; engine < engines.Count; engine++)
                if (Has(work, engine))
                    table.Add([engine == 0 ? work.Name : "", engines[engine].Name,
                        .. sizes.SelectMany(size => new object?[] { inLoop[(work, size)][engine], afterPause[size][engine] })]);
        }
        return table;
    }

    /// <summary>Whole experiments; the sweep at each engine's best batch.</summary>
    /// <param name="images">In the sweep; the stronger attacks take 1,000 of them at most.</param>
    /// <param name="whole">Also report B as a whole, and AutoAttack with its official numbers.</param>
    public ResultTable Experiments(int images, bool whole)
    {
        var table = new ResultTable("Whole experiments, in seconds")
        {
            Note = "The library's sweep takes one gradient an image for every eps, on both engines. By hand it is an attack for every eps, "
                + "as in PyTorch's tutorial; that is measured on libtorch only, and compared with the library's sweep on ours. The stronger "
                + "attacks are the library's on both engines, on report B's CNN after an epoch of drawn digits. The short AutoAttack has 10 "
                + "steps, 2 targets and 100 queries.",
        };
        table.Text("work").Number("ours", "s", "0.00").Number("libtorch", "s", "0.00").Number("ratio", format: "0.00x");
        MeasureInLoop(Work.Attack);
        log.WriteLine("sweep ...");
        var (ours, theirs) = (SweepBatch(0), hasLibtorch ? SweepBatch(1) : 0);
        var sweep = pace.Whole(
        [
            OnEmbedded.Works.Sweep(images, ours),
            hasLibtorch ? OnLibtorch.Works.Sweep(images, theirs) : null,
            hasLibtorch ? OnLibtorch.Works.SweepByHand(images, theirs) : null,
        ]);
        Row(Text($"sweep of 8 eps, {images:N0} images, {ours} at once (libtorch {theirs})"), sweep[0], sweep[1]);
        Row("the same, by hand on libtorch", sweep[0], sweep[2]);
        var few = Math.Min(images, 1000);
        Attacked("PGD-40", pace.Whole, OnEmbedded.Works.Pgd(few, ours), hasLibtorch ? OnLibtorch.Works.Pgd(few, theirs) : null);
        Attacked("AutoAttack, short", pace.Whole, OnEmbedded.Works.AutoAttack(few, ours, official: false),
            hasLibtorch ? OnLibtorch.Works.AutoAttack(few, theirs, official: false) : null);
        if (whole)
        {
            Attacked("AutoAttack, once", Pace.Once, OnEmbedded.Works.AutoAttack(few, ours, official: true),
                hasLibtorch ? OnLibtorch.Works.AutoAttack(few, theirs, official: true) : null);
            log.WriteLine("report B as a whole ...");
            var all = Pace.Once([OnEmbedded.Works.WholeReportB, hasLibtorch ? OnLibtorch.Works.WholeReportB : null]);
            Row("report B as a whole, batches of 128, once", all[0], all[1]);
        }
        return table;

        void Row(string name, double? ours, double? theirs) => table.Add(name, ours / 1000, theirs / 1000, theirs / ours);

        void Attacked(string name, Func<IReadOnlyList<Action?>, double?[]> measure, Action ours, Action? theirs)
        {
            log.WriteLine($"{name} ...");
            var times = measure([ours, theirs]);
            Row(Text($"{name}, {few:N0} images"), times[0], times[1]);
        }
    }

    public ResultTable NotebookKernel()
    {
        log.WriteLine("notebook kernel ...");
        var table = new ResultTable("The notebook kernel, asked over Jupyter's protocol").Text("what").Number("time", "ms", "0.0");
        foreach (var (what, milliseconds) in KernelTimes.Measure())
            table.Add(what, milliseconds);
        return table;
    }

    public void Dispose() => onnx.Dispose();

    private List<Action?> Start(Work work, int size)
    {
        // The networks of the work before, and what libtorch has allocated for them.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. engines.Select(engine => engine.Of(work)?.Invoke(size))];
    }

    private bool Has(Work work, int engine) => inLoop[(work, pace.Sizes[0])][engine] is not null;

    private double PerImage(Work work, int size, int engine) => inLoop[(work, size)][engine]!.Value / size;

    private (double Milliseconds, int Size) Best(Work work, int engine, int largest = int.MaxValue) =>
        pace.Sizes.Where(size => size <= largest).Min(size => (PerImage(work, size, engine), size));

    private void MeasureInLoop(Work work)
    {
        foreach (var size in pace.Sizes.Where(size => !inLoop.ContainsKey((work, size))))
        {
            log.WriteLine($"{work.Name}, n = {size} ...");
            inLoop[(work, size)] = pace.InLoop(Start(work, size));
        }
    }

    private int SweepBatch(int engine) => Best(Work.Attack, engine, LargestSweepBatch).Size;

    private string Note(double peak, double others)
    {
        var slower = from work in Works
                     from engine in Enumerable.Range(1, engines.Count - 1)
                     where Has(work, engine)
                     let ratio = PerImage(work, 1, 0) / PerImage(work, 1, engine)
                     where ratio > 1
                     select Text($"{work.Name} {ratio:0.00}x the time of {engines[engine].Name}");
        return string.Join(" ",
        [
            $"Medians of {pace.Runs} turns ({pace.FewestRuns} or more where they take long), the engines by turns with pauses between,",
            $"{get_num_threads()} threads each. Best: each engine at its own best n. Ratio: their best by ours; above 1 ours is faster.",
            slower.Any() ? $"At n = 1 ours is slower: {string.Join(", ", slower)}." : "At n = 1 ours is not slower.",
            "Training and FGSM are the library's own, one source on both engines: what it does beside tensors (order of the batch,",
            "accuracy, checks of pixels) is in both times.",
            hasLibtorch
                ? $"libtorch is called op by op through TorchSharp {Libtorch.TorchSharpVersion}; PyTorch's torch.compile may be faster."
                    + " Its threads spin while they wait for each other, so of all engines it loses most to other programs."
                : "libtorch could not be loaded here.",
            .. double.IsNaN(others) ? Array.Empty<string>() : [Text($"Other programs took {others:0} % of the processors meanwhile.")],
            "ONNX Runtime has all its graph optimisations.",
            "The images are random, which is against ours: digits leave more zeros behind ReLU, and ours skips zeros in some products.",
            Text($"GFLOP/s are ours at its best n; the FMA peak is {peak:0}, the highest measured in this run. They count convolutions as"),
            "direct ones and matrix products as dense ones, so Winograd's method and skipped zeros may pass the peak.",
        ]);
    }

    private static string Machine()
    {
        var cpu = HostEnvironmentInfo.GetCurrent().Cpu.Value.ProcessorName?.Trim() ?? "unknown CPU";
        var bits = Vector512.IsHardwareAccelerated ? 512 : 32 * Vector<float>.Count;
        var cores = Environment.ProcessorCount;
        return Text($"{cpu}, {cores} cores, {bits}-bit vectors, .NET {Environment.Version}, {DateTime.Now:yyyy-MM-dd}");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
