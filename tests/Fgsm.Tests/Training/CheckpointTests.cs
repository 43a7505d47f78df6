using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public sealed class CheckpointTests : IDisposable
{
    private const int Epochs = 4;

    private readonly TemporaryFolder folder = new();
    private readonly TensorSet data = TinyProblem.Images(40);

    public void Dispose() => folder.Dispose();

    private Checkpoint Kept(bool fresh = false, string settings = "") => new(folder.File("model.pth")) { Fresh = fresh, Settings = settings };

    /// <summary>Everything that a training leaves behind: its results, the weights, the next random numbers, and the weights after more training.</summary>
    private sealed record Outcome(string Epochs, string Weights, string Next, string Later, int Batches);

    private static string Text(IEnumerable<EpochResult> epochs) => string.Join("\n", epochs.Select(e => FormattableString.Invariant($"{e.Epoch} {e.Loss} {e.Accuracy}")));

    private Outcome Train(Checkpoint? checkpoint, int epochs = Epochs, string kind = "sgd", int stopAfter = int.MaxValue, long seed = 1, double rate = 0.1, int batch = 16, double eps = 0.05,
        TensorSet? set = null, nn.Module<Tensor, Tensor>? network = null, Augmentation? augmentation = null, Objective? objective = null, Func<int, double>? schedule = null)
    {
        using var source = new CancellationTokenSource();
        var model = new Recorder(network ?? TinyModels.WithDropout(seed));
        model.OnCall = call => { if (call.Training && model.Training.Count() == stopAfter) source.Cancel(); };
        var optimizer = kind == "adam" ? (optim.Optimizer)optim.Adam(model.parameters(), rate) : optim.SGD(model.parameters(), rate, momentum: 0.9);
        augmentation ??= kind == "augmented" ? new Augmentation(7) { Flip = Flip.Random, Shift = 1 } : null;
        objective ??= kind switch
        {
            "adversarial" => new AdversarialExamples(new FGSM(eps)),
            "free" => new FreeTraining(eps, replays: 2),
            _ => null,
        };
        schedule ??= kind == "scheduled" ? step => 1 / (1.0 + step) : null;
        try
        {
            var results = new Trainer(model, optimizer, objective) { BatchSize = batch, Checkpoint = checkpoint, Augmentation = augmentation, Schedule = schedule }.Fit(set ?? data, epochs, source.Token);
            var (weights, batches, next) = (string.Join("\n", model.Weights()), model.Training.Count(), rand(3).Sha256());
            new Trainer(model, optimizer, objective) { BatchSize = batch }.Fit(set ?? data, 1);
            return new Outcome(Text(results), weights, next, string.Join("\n", model.Weights()), batches);
        }
        catch (OperationCanceledException)
        {
            return new Outcome("", "", "", "", model.Training.Count());
        }
    }

    /// <summary>Three batches are an epoch.</summary>
    [Theory]
    [InlineData("sgd", 4, 9)]
    [InlineData("adam", 7, 6)]
    [InlineData("adversarial", 11, 3)]
    [InlineData("free", 8, 18)]
    [InlineData("scheduled", 5, 9)]
    [InlineData("augmented", 5, 9)]
    [InlineData("sgd", 2, 12)]
    public void Fit_GoesOnFromTheLastEpochKept_ToTheBitsOfAnUninterruptedTraining(string kind, int stopAfter, int batchesLeft)
    {
        var whole = Train(null, kind: kind);

        Assert.Equal(stopAfter, Train(Kept(), kind: kind, stopAfter: stopAfter).Batches);

        Assert.Equal(whole with { Batches = batchesLeft }, Train(Kept(), kind: kind));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adversarial")]
    public void Fit_OfAFinishedTraining_TrainsNothing_AndLeavesEverythingAsTrainingWould(string kind)
    {
        var whole = Train(null, kind: kind);

        Assert.Equal(whole, Train(Kept(), kind: kind));
        Assert.Equal(whole with { Batches = 0 }, Train(Kept(), kind: kind));
    }

    [Fact]
    public void Fit_GivesTheDurationsOfTheTrainingThatWasKept()
    {
        IReadOnlyList<EpochResult> Fit()
        {
            var model = TinyModels.WithDropout(1);
            return new Trainer(model, optim.SGD(model.parameters(), 0.1)) { Checkpoint = Kept() }.Fit(data, 2);
        }
        var trained = Fit();
        var kept = Fit();

        Assert.Equal(trained, kept.Select(e => e with { Kept = null }));
        Assert.All(trained, e => Assert.Null(e.Kept));
        Assert.All(kept, e => Assert.InRange(e.Kept!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow));
        // A third run has the times of the first.
        Assert.Equal(kept, Fit());
    }

    /// <summary>The listener draws random numbers: the training after it must still have the same bits, from files or not.</summary>
    [Fact]
    public void Fit_WithAListener_ShowsItTheModelAfterEachEpoch_AlsoFromFiles()
    {
        (List<string> Seen, string Epochs, string Next) Fit(Checkpoint? checkpoint)
        {
            var (model, seen) = (TinyModels.WithDropout(1), new List<string>());
            void Look(EpochResult epoch)
            {
                Assert.False(model.training);
                seen.Add($"{epoch.Epoch} {model.state_dict()["fc1.weight"].Sha256()} {rand(2).Sha256()}");
                manual_seed(100 + epoch.Epoch);
            }
            var trainer = new Trainer(model, optim.Adam(model.parameters(), 0.1)) { BatchSize = 16, Checkpoint = checkpoint, AfterEpoch = Look };
            var epochs = trainer.Fit(data, 3);
            Assert.True(model.training);
            return (seen, Text(epochs), rand(3).Sha256());
        }
        var plain = Fit(null);

        foreach (var run in new[] { Fit(Kept()), Fit(Kept()) })
        {
            Assert.Equal(plain.Seen, run.Seen);
            Assert.Equal((plain.Epochs, plain.Next), (run.Epochs, run.Next));
        }
        Assert.Equal(3, plain.Seen.Distinct().Count());
        File.Delete(folder.File("model_3.checkpoint.pth"));
        Assert.Equal(plain.Seen, Fit(Kept()).Seen);
    }

    [Fact]
    public void Fit_Fresh_TrainsAgain()
    {
        var whole = Train(Kept());

        Assert.Equal(whole, Train(Kept(fresh: true)));
        Assert.Equal(12, whole.Batches);
    }

    [Fact]
    public void Fit_WithMoreEpochs_GoesOn_AndWithFewer_TrainsAgain()
    {
        Train(Kept(), epochs: 2);

        Assert.Equal(Train(null) with { Batches = 6 }, Train(Kept()));
        Assert.Equal(Train(null, epochs: 3), Train(Kept(), epochs: 3));
    }

    public static TheoryData<string> Differences => ["seed", "rate", "batch", "optimizer", "examples", "augmentation", "pixel", "label", "shape", "dropout", "pooling", "frozen", "settings", "schedule", "last digit of eps"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Fit_OfATrainingThatDiffersInAnything_TrainsAfresh(string difference)
    {
        var images = data.Images.clone();
        images.data<float>()[39, 0, 3, 3] += 1e-6f;
        var labels = data.Labels.clone();
        labels.data<long>()[39] ^= 1;
        static Sequential Network(double dropout = 0.5, long pool = 2)
        {
            manual_seed(1);
            // Windows of 2 or 3, two apart or one: 2x2 outputs either way.
            return nn.Sequential(("pool", nn.MaxPool2d(pool, 4 - pool)), ("flatten", nn.Flatten()), ("dropout", nn.Dropout(dropout)), ("fc", nn.Linear(4, 2)));
        }
        static Sequential Frozen()
        {
            var network = Network();
            network.parameters().First().requires_grad_(false);
            return network;
        }
        string kind = difference == "last digit of eps" ? "adversarial" : "sgd";
        Train(Kept(), kind: kind, network: Network());

        var batches = difference switch
        {
            "seed" => Train(Kept(), seed: 2),
            "rate" => Train(Kept(), rate: 0.1000001, network: Network()),
            "batch" => Train(Kept(), batch: 15, network: Network()),
            "optimizer" => Train(Kept(), kind: "adam", network: Network()),
            "examples" => Train(Kept(), kind: "adversarial", network: Network()),
            "augmentation" => Train(Kept(), augmentation: new Augmentation(7) { Flip = Flip.Alternating }, network: Network()),
            "pixel" => Train(Kept(), set: data with { Images = images }, network: Network()),
            "shape" => Train(Kept(), set: data with { Images = data.Images.reshape(40, 1, 2, 8) }, network: Network()),
            "label" => Train(Kept(), set: data with { Labels = labels }, network: Network()),
            "dropout" => Train(Kept(), network: Network(dropout: 0.25)),
            "pooling" => Train(Kept(), network: Network(pool: 3)),
            "frozen" => Train(Kept(), network: Frozen()),
            "settings" => Train(Kept(settings: "another loss"), network: Network()),
            "schedule" => Train(Kept(), schedule: _ => 0.5, network: Network()),
            _ => Train(Kept(), kind: "adversarial", eps: 0.05 + 1e-9, network: Network()),
        };

        Assert.Equal(12, batches.Batches);
    }

    private abstract class Scaled(string name, double factor) : nn.Module<Tensor, Tensor>(name)
    {
        protected double Factor => factor;
    }

    /// <summary>A model with a constant tensor, an option that is its base class's, and a field that is null.</summary>
    private sealed class Masked : Scaled
    {
        private readonly Tensor mask;
        private readonly Tensor? bias = null;
        private readonly nn.Module<Tensor, Tensor> fc;

        public Masked(double factor, bool corner) : base("Masked", factor)
        {
            manual_seed(1);
            mask = tensor([corner, .. Enumerable.Repeat(true, 15)]);
            fc = nn.Linear(16, 2, hasBias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var logits = fc.call(input.flatten(1) * mask.to(float32) * Factor);
            return bias is null ? logits : logits + bias;
        }
    }

    [Theory]
    [InlineData(1, true, 0)]
    [InlineData(1, false, 12)]
    [InlineData(2, true, 12)]
    public void Fit_OfAModelOfOnesOwn_GoesOn_UnlessItsMaskOrItsBaseClassesOptionDiffers(double factor, bool corner, int batches)
    {
        Train(Kept(), network: new Masked(1, corner: true));

        Assert.Equal(batches, Train(Kept(), network: new Masked(factor, corner)).Batches);
    }

    private sealed class Brighten(double by) : AdversarialAttack
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => (x + by).clamp(0, 1);
    }

    private sealed class Darken(double by) : AdversarialAttack
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => (x - by).clamp(0, 1);
    }

    private static Tensor Right(Tensor logits, Tensor y) => logits.gather(1, y.unsqueeze(1)).squeeze(1).neg();

    private static AttackLoss Times(double factor) => (logits, y) => Right(logits, y) * factor;

    public static TheoryData<string> Objectives => ["darken", "more", "loss", "captured", "teacher", "temperature"];

    /// <summary>What a reader writes in a cell is a part of the training: an attack's class and options, a loss and what it captures, a teacher.</summary>
    [Theory]
    [MemberData(nameof(Objectives))]
    public void Fit_WithAnObjectiveOfOnesOwn_GoesOn_UnlessItDiffers(string difference)
    {
        static Objective On(AdversarialAttack attack) => new AdversarialExamples(attack);
        static PGD Pgd(AttackLoss loss) => new(0.05, 0.05, 1) { Loss = loss };
        Objective Of(bool other) => difference switch
        {
            "darken" => On(other ? new Darken(0.1) : new Brighten(0.1)),
            "more" => On(new Brighten(other ? 0.2 : 0.1)),
            "loss" => On(Pgd(other ? AttackLosses.CrossEntropy : Right)),
            "captured" => On(Pgd(Times(other ? 2 : 1))),
            "teacher" => new Distillation(20, TinyModels.WithDropout(other ? 7 : 6)),
            _ => new Distillation(other ? 21 : 20),
        };
        Train(Kept(), objective: Of(other: false));

        Assert.Equal(0, Train(Kept(), objective: Of(other: false)).Batches);
        Assert.Equal(12, Train(Kept(), objective: Of(other: true)).Batches);
    }

    [Fact]
    public void Fit_MakesTheFolderOfItsFiles()
    {
        var checkpoint = new Checkpoint(folder.File("new/models/model.pth"));

        Train(checkpoint);

        Assert.Equal(0, Train(checkpoint).Batches);
        Assert.True(File.Exists(checkpoint.File));
    }

    [Fact]
    public void Fit_KeepsTheWeightsInAFileOfTheirOwn()
    {
        var model = TinyModels.WithDropout(1);
        new Trainer(model, optim.SGD(model.parameters(), 0.1)) { Checkpoint = Kept() }.Fit(data, 2);
        var other = TinyModels.WithDropout(2);

        other.load_py(folder.File("model.pth"));

        Assert.Equal(model.Weights(), other.Weights());
    }

    [Fact]
    public void Fit_WithAHalfWrittenFileLeftBehind_UsesTheOneBefore()
    {
        var whole = Train(Kept());
        File.WriteAllText(folder.File("model.checkpoint.pth.tmp"), "PK, killed he");

        Assert.Equal(whole with { Batches = 0 }, Train(Kept()));
    }

    [Fact]
    public void Fit_WithADamagedFile_NamesIt_AndFreshReplacesIt()
    {
        File.WriteAllText(folder.File("model.checkpoint.pth"), "hello");

        AssertOneLine(Assert.Throws<TensorFileException>(() => Train(Kept())), folder.File("model.checkpoint.pth"));

        Train(Kept(fresh: true));
        Assert.Equal(0, Train(Kept()).Batches);
    }

    public static TheoryData<string, object?> Damages => new() { { "epochs", null }, { "epochs", new List<object?> { 1L } }, { "model_state_dict", null }, { "optimizer_state_dict", 1L }, { "rng_state", null } };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Fit_WithAFileThatLacksSomething_NamesIt(string name, object? value)
    {
        Train(Kept());
        var kept = PyTorchFile.Read(Kept().TrainingFile);
        kept[name] = value;
        PyTorchFile.Write(Kept().TrainingFile, kept);

        AssertOneLine(Assert.Throws<TensorFileException>(() => Train(Kept())), Kept().TrainingFile, "no whole checkpoint");
    }

    [Fact]
    public void Fit_OfAFinishedTraining_ReportsTheSameEndAsTraining()
    {
        Listener Fit()
        {
            var (listener, model) = (new Listener(), TinyModels.WithDropout(1));
            new Trainer(model, optim.SGD(model.parameters(), 0.1)) { Checkpoint = Kept(), Progress = listener }.Fit(data, 2);
            return listener;
        }
        var trained = Fit().Reports[^1];

        Assert.Equal([trained], Fit().Reports);
    }

    [Fact]
    public void Fit_LeavesNoTensorInTheScope()
    {
        var model = TinyModels.WithDropout(1);
        var trainer = new Trainer(model, optim.Adam(model.parameters())) { Checkpoint = Kept() };
        using var scope = NewDisposeScope();

        trainer.Fit(data, 1);
        trainer.Fit(data, 1);

        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Of_KeepsInTheModelsFolderOfTheCheckout()
    {
        var checkpoint = Checkpoint.Of("baseline_model");

        Assert.EndsWith(Path.Combine("models", "baseline_model.pth"), checkpoint.File);
        Assert.EndsWith(Path.Combine("models", "baseline_model.checkpoint.pth"), checkpoint.TrainingFile);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(checkpoint.File)!, "..", "FgsmNotebooks.sln")));
    }
}
