using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Results;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public sealed class SettingsGridTests : IDisposable
{
    private static readonly double[] Eps = [0.1, 0.3];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TensorSet Images(int count)
    {
        manual_seed(9);
        return new TensorSet(rand(count, 1, 28, 28), RandomLabels(count, 10));
    }

    [Theory]
    [InlineData("[0, 1]", 0.3)]
    [InlineData("[-1, 1]", 0.15)]
    [InlineData("standardised", 0.09243)]
    public void InPixels_TurnsTheUnitsOfASettingIntoPixels(string pixels, double expected) =>
        Assert.Equal(expected, new Setting(pixels, "Adam", 1, true).InPixels(0.3), 1e-12);

    [Fact]
    public void ASetting_ReadsAsWords()
    {
        Assert.Equal("pixels [-1, 1], SGD, 1 epoch, clipped", $"{new Setting("[-1, 1]", "SGD", 1, true)}");
        Assert.Equal("pixels standardised, Adam, 10 epochs, not clipped", $"{new Setting("standardised", "Adam", 10, false)}");
    }

    [Theory]
    [InlineData("[-1, 1]", "pixels of [-1, 1]")]
    [InlineData("standardised", "standardised pixels")]
    public void Units_ReadAsWords(string pixels, string expected) => Assert.Equal(expected, new Setting(pixels, "Adam", 1, true).Units);

    [Fact]
    public void ASetting_OfUnknownPixels_SaysWhichThereAre() =>
        AssertOneLine(Assert.Throws<ArgumentException>(() => new Setting("[0, 255]", "Adam", 1, true).NewNetwork()), "[-1, 1]", "got [0, 255]");

    [Fact]
    public void ASettingsNetwork_NormalisesAndThenIsReportEs()
    {
        manual_seed(1);
        var network = new Setting("[-1, 1]", "Adam", 1, true).NewNetwork();
        manual_seed(1);
        var plain = Cnn.ReportE();
        var x = Images(2).Images;

        Assert.Equal(plain.call((x - 0.5) / 0.5).Floats(), network.call(x).Floats());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attack_IsInTheSettingsUnitsAndBounds(bool clipped)
    {
        var setting = new Setting("[-1, 1]", "Adam", 1, clipped);
        manual_seed(1);
        var (network, data) = (setting.NewNetwork(), Images(4));

        var point = Assert.Single(setting.Attack(network, data, [0.4]).Points);

        Assert.Equal(0.2, point.Eps);
        var adversarial = new FGSM(0.2) { Bounds = clipped ? Bounds.Unit : Bounds.None }.Attack(network, data);
        Assert.Equal(Predictions.Of(network, data with { Images = adversarial }).Predicted, point.Attacked.Predicted);
    }

    /// <summary>Weights of 0 make both probabilities 1/2, so the gradient is half a pixel: SGD goes 0.01 of it, Adam's first step is its rate.</summary>
    [Theory]
    [InlineData("SGD", 0.0025, 0.005)]
    [InlineData("Adam", 0.001, 0.001)]
    public void NewTrainer_TakesTheSettingsOptimiser(string optimiser, double first, double second)
    {
        var network = TinyModels.Linear([0, 0], [0, 0]);

        new Setting("[0, 1]", optimiser, 1, true).NewTrainer(network, "", []).Fit(new TensorSet(tensor([0.5f, 1f], [1, 1, 1, 2]), Labels(1)), 1);

        Assert.Equal([-first, -second, first, second], network.parameters().Single().Floats().Select(w => Math.Round(w, 6)));
    }

    /// <summary>Four images, all grey of 0.1: 0.2 less is -0.1, or 0 where it is clipped.</summary>
    [Theory]
    [InlineData(true, 0f)]
    [InlineData(false, -0.1f)]
    public void NewTrainer_WithTrainingEps_AttacksHalfOfEachBatch_InTheSettingsUnitsAndBounds(bool clipped, float darkest)
    {
        var recorder = new Recorder(TinyModels.SmallCnn());

        new Setting("[-1, 1]", "SGD", 1, clipped).NewTrainer(recorder, "", [0.4]).Fit(new TensorSet(full([4, 1, 8, 8], 0.1f), Labels(0, 1, 2, 3)), 1);

        var images = Assert.Single(recorder.Training).Input.Chunk(64).ToArray();
        Assert.Equal(2, images.Count(image => image.All(p => p == 0.1f)));
        Assert.Equal(darkest, images.Min(image => image.Min()), 1e-6f);
        Assert.Equal(0.3f, images.Max(image => image.Max()), 1e-6f);
    }

    /// <summary>Dark images of class 0 and bright ones of class 1: a few batches learn them, so that the figures tell the trainings apart.</summary>
    private static TensorSet DarkAndBright(int count)
    {
        manual_seed(9);
        long[] labels = [.. Enumerable.Range(0, count).Select(i => i % 2L)];
        return new TensorSet(rand(count, 1, 28, 28) * 0.6 + tensor([.. labels.Select(l => 0.4f * l)], [count, 1, 1, 1]), tensor(labels));
    }

    private static readonly double[] ManyEps = [.. Enumerable.Range(1, 15).Select(i => i * 0.02)];

    private static void AssertFigures(Setting setting, nn.Module<Tensor, Tensor> network, TensorSet test, double clean, double[] robust)
    {
        var sweep = setting.Attack(network, test, ManyEps);
        Assert.Equal(sweep.Clean.Accuracy, clean);
        Assert.Equal(sweep.Points.Select(p => p.RobustAccuracy), robust);
    }

    [Fact]
    public void Measure_AfterEachStage_IsATrainingOfSoManyEpochsFromTheSeed()
    {
        var (train, test) = (DarkAndBright(96), DarkAndBright(40));

        var grid = SettingsGrid.Measure(train, test, ManyEps, [1, 2], seed: 3, file: null);

        foreach (var measured in grid.Settings.Where(m => m.Setting is { Pixels: "[-1, 1]", Clipped: true }))
        {
            manual_seed(3);
            var network = measured.Setting.NewNetwork();
            measured.Setting.NewTrainer(network, "", []).Fit(train, measured.Setting.Epochs);
            AssertFigures(measured.Setting, network, test, measured.Clean, measured.Robust);
        }
    }

    [Fact]
    public void MeasureDefences_TrainsEachOneEpochMore_FromTheSameNetworkAndSeed_AndOnlyOnce()
    {
        var (train, test, setting) = (DarkAndBright(96), DarkAndBright(40), new Setting("[0, 1]", "Adam", 2, true));
        var defences = new Dictionary<string, double[]> { ["0.02"] = [0.02], ["mixed"] = [0.02, 0.05] };
        var grid = new SettingsGrid(3, 96, 40, [], []);

        grid.MeasureDefences(setting, defences, train, test, ManyEps, file: null);
        grid.MeasureDefences(setting, defences, train, test, ManyEps, file: null);

        Assert.Equal(defences.Keys, grid.Defences.Select(d => d.TrainingEps));
        foreach (var measured in grid.Defences)
        {
            manual_seed(3);
            var network = setting.NewNetwork();
            setting.NewTrainer(network, "", []).Fit(train, 2);
            manual_seed(3);
            setting.NewTrainer(network, "", defences[measured.TrainingEps]).Fit(train, 1);
            AssertFigures(setting, network, test, measured.Clean, measured.Robust);
        }
    }

    [Fact]
    public void Write_MakesTheFolder()
    {
        new SettingsGrid(1, 2, 3, [], []).Write(folder.File("new/grid.json"));

        Assert.Equal(2, SettingsGrid.Read(folder.File("new/grid.json")).TrainingImages);
    }

    [Fact]
    public void Measure_TrainsEachNormalisationAndOptimiser_AndGoesOnWhereItStopped()
    {
        var (train, test, file) = (Images(8), Images(4), folder.File("grid.part.json"));

        var grid = SettingsGrid.Measure(train, test, Eps, [1, 2], seed: 3, file);

        Assert.Equal(3 * 2 * 2 * 2, grid.Settings.Select(m => m.Setting).Distinct().Count());
        Assert.All(grid.Settings, m => Assert.Equal(2, m.Robust.Length));
        Assert.Equal((3, 8, 4), (grid.Seed, grid.TrainingImages, grid.TestImages));

        var kept = SettingsGrid.Read(file);
        kept.Settings.RemoveAll(m => m.Setting.Pixels == "standardised" && m.Setting.Optimiser == "SGD");
        kept.Settings[0] = kept.Settings[0] with { Clean = -1 };
        kept.Write(file);
        var resumed = SettingsGrid.Measure(train, test, Eps, [1, 2], seed: 3, file);

        // What was kept is taken as it is; what was missing comes out as before.
        Assert.Equal(-1, resumed.Settings[0].Clean);
        Assert.Equal(grid.Settings.Select(m => m.Setting), resumed.Settings.Select(m => m.Setting));
        Assert.Equal(grid.Settings[^1].Robust, resumed.Settings[^1].Robust);

        resumed.MeasureDefences(grid.Settings[0].Setting, new Dictionary<string, double[]> { ["0.1"] = [0.1], ["mixed"] = [0.1, 0.2] }, train, test, Eps, file);
        Assert.Equal(["0.1", "mixed"], SettingsGrid.Read(file).Defences.Select(d => d.TrainingEps));
        Assert.Equal(["grid.part.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_AndRead_GiveTheSameGrid()
    {
        var setting = new Setting("[0, 1]", "SGD", 3, false);
        var grid = new SettingsGrid(42, 100, 10, [new(setting, 98.5, [90, 12.25], 0)], [new(setting, "mixed", 1, 97, [95, 80], 0.5)]);

        grid.Write(folder.File("grid.json"));
        var read = SettingsGrid.Read(folder.File("grid.json"));

        Assert.Equal((setting, 98.5), (read.Settings[0].Setting, read.Settings[0].Clean));
        Assert.Equal([90, 12.25], read.Settings[0].Robust);
        Assert.Equal(("mixed", 1, 0.5), (read.Defences[0].TrainingEps, read.Defences[0].Epochs, read.Defences[0].ZeroGradients));
        read.Write(folder.File("again.json"));
        Assert.Equal(File.ReadAllText(folder.File("grid.json")), File.ReadAllText(folder.File("again.json")));
    }

    /// <summary>By eps, not by place: the report says nothing about 0.15.</summary>
    [Fact]
    public void Distance_IsTheLargestDifferenceWhereTheReportGivesAValue()
    {
        var published = Published.Read("e.table2");
        var grid = new SettingsGrid(1, 2, 3, [], []) { Data = "MNIST", Network = Cnn.Name(Cnn.ReportE), Eps = [0.15, 0.3, 0.1] };

        Assert.Equal(2.9, grid.Distance([0, 65, 92], published, "attacked")!.Value, 1e-9);
        Assert.Null((grid with { Data = "Fashion-MNIST" }).Distance([0, 65, 92], published, "attacked"));
        Assert.Null((grid with { Eps = [0.15] }).Distance([0], published, "attacked"));
    }

    [Theory]
    [InlineData(null, "the grid is not there")]
    [InlineData("{", "this is no grid")]
    [InlineData("null", "this is no grid")]
    [InlineData("{}", "this is no grid")]
    public void Read_OfWhatIsNoGrid_SaysWhatToDo(string? content, string what)
    {
        if (content is not null)
            File.WriteAllText(folder.File("grid.json"), content);

        AssertOneLine(Assert.Throws<DataException>(() => SettingsGrid.Read(folder.File("grid.json"))), "grid.json", what, "grid = true");
    }
}
