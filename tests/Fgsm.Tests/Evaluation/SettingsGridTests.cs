using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
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
