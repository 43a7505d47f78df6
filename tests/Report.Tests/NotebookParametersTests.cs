using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fgsm.Evaluation;

namespace Fgsm.Report.Tests;

/// <summary>
/// The notebooks as a reader uses them: parameters changed where they stand, and everything run again, on a few images. Titles, columns and
/// published values must follow. A published value is expected only beside its own data set, network, attack and eps.
/// </summary>
public sealed partial class NotebookParametersTests(NotebookParametersTests.FewImages checkout) : IClassFixture<NotebookParametersTests.FewImages>
{
    private const string Small = "trainImages = 96; testImages = 40";

    /// <summary>Every parameter that a reader would change, but for those that only say where data lies or what is trained again.</summary>
    [QuickRunFact]
    public async Task Explained_WithEveryParameterChanged_NamesThem()
    {
        var run = await Run("01-fgsm-explained", "seed = 7", "dataSet = \"Fashion-MNIST\"", "trainImages = 200", "testImages = 30", "network = Cnn.ReportB",
            "epochs = 2", "rate = 0.002", "batchSize = 20", "eps = 0.25", "strip = [0.05, 0.25]");

        Assert.All(run.Titles, title => Assert.EndsWith("(Fashion-MNIST)", title));
        Assert.Contains("Before and after, eps 0.25 (Fashion-MNIST)", run.Titles);
        Assert.Equal("Class", run.Table("d.per_class").Columns[0].Name);
        Assert.Equal(0.25, run.Cell("d.steps", "eps", "Value"));
        Assert.Equal(30.0, run.Cell("d.summary", "images", "Value"));
        Assert.Equal("eps 0.25", run.Figure<ImageGrid>("d.strip").Rows[0].Images[1].Caption!.Split(':')[0]);
        Assert.Equal(10, run.Figure<LineChart>("d.loop").Series[0].Xs.Length);
        Assert.Contains("epoch 2 of 2: loss ", run.Text);
        Assert.Contains("public static Sequential ReportB()", run.Text);
    }

    [QuickRunFact]
    public async Task Experiment_WithOtherStrengths_ShowsPublishedValuesBesideTheirOwn()
    {
        var run = await Run("02-experiment-report", Small, "epochs = 1", "defenceEpochs = 1", "eps = [1 / 255.0, 8 / 255.0]", "trainingEps = 4 / 255.0");

        Assert.Equal(["0 (clean)", "1/255", "4/255", "8/255"], run.Keys("b.baseline"));
        Assert.Equal([99.0, null, 98.35, 96.95], run.Column("b.baseline", "Robust accuracy, published"));
        Assert.Equal([null, null, 0.66, 2.07], run.Column("b.baseline", "Attack success, published"));
        // The published defence was trained at 8/255.
        Assert.All(run.Column("b.defended", "Robust accuracy, published"), Assert.Null);
        Assert.All(run.Column("b.comparison", "Improvement, published"), Assert.Null);
        Assert.Equal([null, 98.35, 96.95], run.Column("b.comparison", "Baseline, published"));
        Assert.Equal(["clean", "robust at 4/255"], run.Keys("b.tradeoffs"));
        Assert.Equal("this reproduction, 4/255", run.Keys("b.literature")[^1]);
        Assert.Contains("Diagnostics at 4/255 (MNIST)", run.Titles);
        Assert.All(run.Column("b.diagnostics", "Published"), Assert.Null);
        Assert.Contains("Accuracy by class, clean and at 8/255 (MNIST)", run.Titles);
        Assert.Equal([99, double.NaN, 98.35, 96.95], run.Figure<LineChart>("b.curve").Series[0].Published!);
    }

    [QuickRunFact]
    public async Task Experiment_WithEveryOtherParameterChanged_NamesThem_AndComparesWithNothing()
    {
        var run = await Run("02-experiment-report", Small, "seed = 7", "dataSet = \"synthetic digits\"", "network = Cnn.ReportA", "epochs = 2", "defenceEpochs = 3",
            "rate = 0.02", "momentum = 0.5", "batchSize = 16", "attack = e => new PGD(e, e / 2, steps: 2)", "eps = [0.1]", "trainingEps = 0.2");

        AssertAllAreOf("synthetic digits", run);
        Assert.Equal(["0 (clean)", "25.5/255", "51/255"], run.Keys("b.baseline"));
        foreach (var column in new[] { "b.baseline", "b.defended" })
            Assert.All(run.Column(column, "Robust accuracy, published"), Assert.Null);
        Assert.Contains("Baseline under PGD (synthetic digits)", run.Titles);
        Assert.Equal("Trained on half clean, half PGD examples at 51/255.", run.Table("b.defended").Note);
        Assert.Contains("Parameters of report A's CNN", run.Text);
        Assert.Contains("epoch 3 of 3: loss ", run.Text);
        Assert.Equal([1.0, 2, 3], run.Figure<LineChart>("b.training").Series[1].Xs);
    }

    [QuickRunFact]
    public async Task Stronger_WithEveryParameterChanged_NamesThem()
    {
        var run = await Run("06-stronger-attacks", "seed = 7", "dataSet = \"synthetic digits\"", "trainImages = 96", "testImages = 12", "autoImages = 3", "dearImages = 2",
            "network = Cnn.ReportA", "epochs = 2", "defenceEpochs = 3", "rate = 0.02", "momentum = 0.5", "batchSize = 16", "eps = [0.1]",
            "trainingEps = 0.2", "pgdSteps = 3", "autoSteps = 2", "autoTargets = 1", "autoQueries = 2");

        AssertAllAreOf("synthetic digits", run);
        Assert.Equal(["0 (clean)", "25.5/255"], run.Keys("s.baseline"));
        Assert.Equal(["eps", "FGSM", "PGD-3", "AutoAttack", "AutoAttack, 95 %"], run.Table("s.defended").Columns.Select(column => column.Name));
        Assert.Equal("FGSM and PGD-3: 12 images; AutoAttack: the first 3 of them, with its 95 % interval.", run.Table("s.defended").Note);
        Assert.Equal(["25.5/255"], run.Keys("s.paired"));
        Assert.Contains("Transfer of PGD-3 at 25.5/255: accuracy (%) (synthetic digits)", run.Titles);
        Assert.Contains("epoch 3 of 3: loss ", run.Text);
    }

    [QuickRunFact]
    public async Task Defences_WithEveryParameterChanged_NamesThem()
    {
        var run = await Run("07-defences", "seed = 7", "grid = true", "record = \"own.json\"", "colourRecord = \"own-colours.json\"",
            "again = \"N-FGSM 1 *\"", "dataSet = \"synthetic digits\"", "trainImages = 96", "testImages = 12",
            "pgdImages = 6", "autoImages = 2", "network = Cnn.ReportB", "epochs = 3", "batchSize = 32", "rate = 0.01",
            "startsRecord = \"own-starts.json\"", "starts = (Epochs: 1, BatchSize: 16, Rate: 0.01, Seeds: 3)", "eps = [0.1, 0.2]",
            "pgd = (Steps: 3, Restarts: 2)", "auto = (Steps: 2, Targets: 1, Queries: 2)", "temperature = 50",
            "illusionEps = 0.15", "illusionImages = 5",
            "colour = (Set: \"CIFAR-10\", TrainImages: 64, Width: 6, Epochs: 1, BatchSize: 32, Rate: 0.1, Eps: 0.02, AutoImages: 2)");

        AssertAllAreOf("synthetic digits", run, orOf: "CIFAR-10");
        Assert.Contains("What each training at 0.2 wins (synthetic digits)", run.Titles);
        Assert.Contains("Distillation and preprocessing under PGD-3 at 0.15 (synthetic digits)", run.Titles);
        Assert.Contains("Training on N-FGSM 1 *, looked at after each epoch at 0.2 (synthetic digits)", run.Titles);
        Assert.StartsWith(
            "86 training images, 3 epochs. FGSM on 12 test images, PGD-3 from 2 random places on the first 6, AutoAttack on 2.",
            run.Table("f.won").Note);
        Assert.Equal(3, run.Table("f.watched").Rows.Count);
        Assert.All(run.Column("f.again", "Difference"), difference => Assert.Equal(0.0, difference));
        Assert.StartsWith("5 images.", run.Table("f.illusions").Note);
        Assert.Contains("Trained and attacked at 5.1/255 (CIFAR-10)", run.Titles);
        Assert.Equal(8, Ablation.Read(Path.Combine(checkout.Notebooks, "own.json")).Runs.Count);
        Assert.Contains("Random starts at 0.2, from 3 seeds (synthetic digits)", run.Titles);
        Assert.StartsWith("86 training images, 1 epochs.", run.Table("f.starts").Note);
        Assert.All(run.Table("f.starts").Rows, row => Assert.Equal(3, $"{row[5]}".Split(", ").Length));
        Assert.Equal(
            [7L, 8, 9], Ablation.Read(Path.Combine(checkout.Notebooks, "own-starts.json")).Of("FGSM-RS as published").Select(r => r.Seed));
        Assert.Equal(64, Ablation.Read(Path.Combine(checkout.Notebooks, "own-colours.json")).TrainingImages);
    }

    [QuickRunFact]
    public async Task WhySoRobust_WithEveryParameterChanged_NamesThem()
    {
        var run = await Run("08-why-so-robust", "seed = 7", "grid = true", "record = \"own.json\"", "dataSet = \"synthetic digits\"",
            "trainImages = 32", "testImages = 12", "pgdImages = 6", "pgdSteps = 2", "seeds = 2", "again = 1", "epochs = 2", "batchSize = 16",
            "rate = 0.03", "momentum = 0.5", "eps = [0.1]", "literatureEps = [0.2, 0.4]");

        AssertAllAreOf("synthetic digits", run);
        Assert.StartsWith("synthetic digits: 32 training images, 2 epochs, 2 seeds: mean", run.Table("w.figures").Note);
        Assert.Contains("FGSM on 12 test images, PGD-2 on the first 6.", run.Table("w.figures").Note);
        Assert.Equal("report B", run.Keys("w.figures")[0]);
        Assert.Contains("SGD, rate 0.09", run.Keys("w.figures"));
        Assert.All(run.Column("w.effects", "eps"), eps => Assert.Equal("25.5/255", eps));
        Assert.Equal(["clean", "FGSM, 25.5/255", "PGD-2, 25.5/255"], run.Column("w.again", "Figure"));
        Assert.All(run.Column("w.again", "Difference"), difference => Assert.Equal(0.0, difference));
        Assert.Equal([0, 0.2, 0.4], run.Figure<LineChart>("w.literature.curve").Series[0].Xs);
        Assert.Equal(18, Ablation.Read(Path.Combine(checkout.Notebooks, "own.json")).Runs.Count);
    }

    [QuickRunFact]
    public async Task Certified_WithEveryParameterChanged_NamesThem()
    {
        var run = await Run("09-certified", "seed = 7", "dataSet = \"synthetic digits\"", "trainImages = 96", "testImages = 3", "dearImages = 1",
            "network = Cnn.ReportA", "epochs = 1", "defenceEpochs = 2", "rate = 0.02", "momentum = 0.5", "batchSize = 16", "eps = [0.01]",
            "trainingEps = 0.2", "smallEps = [0.05]", "smallTrainingEps = 0.1", "smallEpochs = 1", "intervalEpochs = 3",
            "intervalTestImages = 12", "autoQueries = 2", "lineNetwork = IbpCnn.Small", "lineImages = 1",
            "resolution = 0.25", "nodeLimit = 5");

        AssertAllAreOf("synthetic digits", run);
        Assert.Equal(["2.55/255", "2.55/255"], run.Column("p.reports", "eps"));
        Assert.Equal(["FGSM-trained", "PGD-trained", "IBP-trained"], run.Keys("p.small"));
        Assert.Equal(["0.05", "0.05", "0.05"], run.Column("p.small", "eps"));
        Assert.Contains("Small networks trained at 0.1, proved and attacked (synthetic digits)", run.Titles);
        Assert.Equal(["0.05"], run.Keys("p.interval"));
        Assert.Equal("12 test images.", run.Table("p.interval").Note);
        Assert.Contains("epoch 3 of 3: loss ", run.Text);
        // From the proofs to the clean images, no share is above the next.
        string[] shares = ["IBP", "CROWN-IBP", "CROWN", "AutoAttack", "FGSM", "Clean"];
        Assert.All(shares.Zip(shares.Skip(1)), pair =>
            Assert.All(run.Column("p.small", pair.First).Zip(run.Column("p.small", pair.Second)),
                row => Assert.InRange((double)row.First!, 0, (double)row.Second!)));
    }

    [QuickRunFact]
    public async Task Sweep_WithOtherStrengths_ShowsPublishedValuesBesideTheirOwn()
    {
        var run = await Run("03-epsilon-sweep", Small, "epochs = 1", "eps = [0.1, 0.25, 0.9]");

        Assert.Equal([85.0, null, null], run.Column("a.sweep", "Of all images, published"));
        Assert.Equal(["about 85 %", "–", "–"], run.Table("a.sweep").Rows.Select(row => row[1]));
        Assert.Equal("Published: about values.", run.Table("a.sweep").Note);
        Assert.Equal(["Digit", "eps 0.1", "eps 0.25", "eps 0.9"], run.Table("a.per_class").Columns.Select(column => column.Name));
        Assert.Contains("Which digit turns into which at eps 0.25 (MNIST)", run.Titles);
        // The comparison of networks is made where the report gives a value.
        Assert.Equal(["CNN", "Epochs", "Clean", "eps 0.1", "Zero gradients", "Distance"], run.Table("a.variants").Columns.Select(column => column.Name));
        Assert.All(run.Column("a.variants", "Distance"), Assert.NotNull);
    }

    [QuickRunFact]
    public async Task Sweep_WithEveryOtherParameterChanged_NamesThem_AndComparesWithNothing()
    {
        var run = await Run("03-epsilon-sweep", Small, "seed = 7", "dataSet = \"synthetic digits\"", "network = Cnn.ReportB", "epochs = 4", "rate = 0.002", "batchSize = 16",
            "attack = e => new PGD(e, e / 2, steps: 2)", "eps = [0, 0.1, 0.5]");

        AssertAllAreOf("synthetic digits", run);
        Assert.Contains("Report B's CNN under PGD (synthetic digits)", run.Titles);
        Assert.All(run.Column("a.sweep", "Of all images, published"), Assert.Null);
        Assert.All(run.Column("a.variants", "Distance"), Assert.Null);
        Assert.Equal([1.0, 3.0, 4.0], run.Column("a.variants", "Epochs").Take(3));
        Assert.Equal("Adam, rate 0.002", run.Cell("a.network", "optimiser", "Chosen here"));
        Assert.Equal("16", run.Cell("a.network", "batch size", "Chosen here"));
    }

    [QuickRunFact]
    public async Task Approach_WithAnotherSettingAndOtherStrengths_ShowsPublishedValuesBesideTheirOwn()
    {
        var run = await Run("04-practical-approach", Small, "seed = 7", "longest = 3", "pgdImages = 10", "chosen = new(\"[0, 1]\", \"SGD\", Epochs: 2, Clipped: true)",
            "defence = \"mixed\"", "eps = [0.3, 0.9]", "checkEps = 0.4", "defences = new Dictionary<string, double[]> { [\"mixed\"] = [0.1, 0.9] }");

        Assert.Equal("pixels [0, 1], SGD, 2 epochs, clipped", run.Value("e.chosen"));
        Assert.Equal("training eps mixed, 1 more epoch", run.Value("e.chosen.defence"));
        Assert.Equal(["0 (clean)", "0.3", "0.4", "0.9"], run.Keys("e.table2"));
        Assert.Equal([98.88, 67.9, 50.1, null], run.Column("e.table2", "CNN + FGSM, published"));
        Assert.Equal(["CNN", "CNN + FGSM at 0.3"], run.Keys("e.table1"));
        Assert.Contains("FGSM beside ten steps of PGD at eps 0.4 (MNIST)", run.Titles);
        // The grid was measured at its own strengths.
        Assert.Equal(8, run.Keys("e.reach").Count);
        Assert.Equal("pixels of [0, 1]", run.Figure<LineChart>("e.curve").X.Unit);
    }

    [QuickRunFact]
    public async Task Approach_WithAnotherNetworkAndDataSet_ComparesOnlyTheGrid()
    {
        var run = await Run("04-practical-approach", Small, "dataSet = \"Fashion-MNIST\"", "network = Cnn.ReportA", "pgdImages = 10", "eps = [0.1]", "checkEps = 0.1",
            "chosen = new(\"standardised\", \"Adam\", Epochs: 1, Clipped: false)");

        Assert.Contains("Report E, table 2 (Fashion-MNIST)", run.Titles);
        Assert.All(run.Column("e.table2", "CNN + FGSM, published"), Assert.Null);
        Assert.Equal(["CNN"], run.Keys("e.table1"));
        Assert.Equal(91.68, run.Column("e.reach", "Published")[0]);
        Assert.Contains("Settings by their distance to report E's table 2, attacked (MNIST)", run.Titles);
    }

    /// <summary>The second run takes its networks from models/: it says so, and its tables are the same to the last digit.</summary>
    [QuickRunFact]
    public async Task FourDataSets_WithOtherStrengths_FollowInTitlesAndPublishedValues_AndSoDoesARunWithKeptNetworks()
    {
        Task<Outcome> RunIt() => Run("05-four-datasets", Small, "dataSets = [\"MNIST\", \"SVHN\"]", "pgdImages = 10", "epochs = 2", "retrainingEpochs = 2",
            "strength = 0.1", "trainingEps = 0.15", "eps = [0.3]");
        var run = await RunIt();

        Assert.Contains("Four phases, eps 0.1, retrained at 0.15", run.Titles);
        Assert.Contains("Retraining, epoch by epoch, attacked at eps 0.1 (MNIST)", run.Titles);
        Assert.Contains("Attacked at eps 0.1 (MNIST)", run.Titles);
        Assert.Contains("Before and after retraining at eps 0.15 (MNIST)", run.Titles);
        Assert.DoesNotContain(run.Titles, title => title.Contains("0.3"));
        Assert.Equal([99.0, null, null, null, null], run.Column("c.summary", "Published"));
        Assert.Equal(["0 (clean)", "0.1", "0.15", "0.3"], run.Keys("c.mnist.table"));
        Assert.StartsWith("SVHN: not run. This project does not read SVHN", run.Value("c.missing"));
        Assert.Contains("Trained in this run.", run.Text);

        var kept = await RunIt();

        Assert.Matches(@"Trained in an earlier run, \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", kept.Text);
        Assert.DoesNotContain("Trained in this run.", kept.Text);
        Assert.Equal(run.Tables.Select(table => (table.Key, table.Value.ToCsv())), kept.Tables.Select(table => (table.Key, table.Value.ToCsv())));
        Assert.Equal(kept.Bars.Select(bar => bar.Epochs), kept.Bars.Select(bar => bar.Epoch));
    }

    [QuickRunFact]
    public async Task FourDataSets_WithEveryOtherParameterChanged_NamesThem()
    {
        var run = await Run("05-four-datasets", Small, "seed = 7", "dataSets = [\"synthetic digits\"]", "pgdImages = 12",
            "network = (channels, height, width, classes) => Cnn.ReportB()", "epochs = 1", "retrainingEpochs = 3", "rate = 0.002", "batchSize = 16",
            "attack = e => new PGD(e, e / 2, steps: 2)", "strength = 0.3", "trainingEps = 0.3", "eps = []");

        Assert.Equal(["baseline", "attacked", "retrained, clean", "retrained, attacked"], run.Table("c.summary").Rows.Select(row => ((string)row[1]!)[3..]));
        Assert.All(run.Column("c.summary", "Published"), Assert.Null);
        Assert.Equal(["Epoch", "Clean", "PGD", "PGD"], run.Table("c.synthetic.retraining").Columns.Select(column => column.Name));
        Assert.Equal([0.0, 1.0, 2.0, 3.0], run.Column("c.synthetic.retraining", "Epoch"));
        Assert.Equal("The first 12 test images; epoch 0 is the baseline.", run.Table("c.synthetic.retraining").Note);
    }

    [QuickRunFact]
    public async Task FourDataSets_OfColourImages_HaveStrengthsAndATrainingOfTheirOwn()
    {
        var run = await Run("05-four-datasets", Small, "dataSets = [\"CIFAR-10\"]", "pgdImages = 10", "strength = 0.2",
            "colour = (Width: 6, Epochs: 1, RetrainingEpochs: 2, Rate: 0.5, BatchSize: 32)", "colourTrainingEps = 6 / 255.0",
            "colourEps = [1 / 255.0]");

        Assert.Contains("Four phases, eps 0.2, retrained at 0.3", run.Titles);
        Assert.Contains("Four phases of colour images, eps 6/255", run.Titles);
        Assert.Contains("Retraining from random starts, epoch by epoch, attacked at eps 6/255 (CIFAR-10)", run.Titles);
        Assert.DoesNotContain(run.Titles, title => title.Contains("8/255"));
        Assert.Equal([85.0, null, null, null], run.Column("c.colour", "Published"));
        Assert.Equal(["0 (clean)", "1/255", "6/255", "0.2"], run.Keys("c.cifar.table"));
        Assert.Equal([0.0, 1.0, 2.0], run.Column("c.cifar.retraining_rs", "Epoch"));
        Assert.Contains("Colour images were retrained at 6/255.", run.Table("c.summary").Note);
    }

    [QuickRunFact]
    public async Task FourDataSets_WithAGrid_TrainTheRecipeOf94_AndWriteItsRecord()
    {
        var run = await Run("05-four-datasets", "trainImages = 96", "testImages = 40", "seed = 7", "grid = true", "record = \"own-recipe.json\"",
            "recipe = (Width: 6, Epochs: 2, BatchSize: 32, Rate: 0.5)", "dataSets = [\"synthetic digits\"]", "pgdImages = 10", "epochs = 1",
            "retrainingEpochs = 1", "colourEps = [1 / 255.0]");

        Assert.Equal(["none, with test-time augmentation", "none", "FGSM at 1/255", "PGD at 1/255, 10 steps"], run.Keys("c.recipe"));
        Assert.StartsWith("96 training images, 2 epochs, batches of 32.", run.Table("c.recipe").Note);
        Assert.Equal([40.0, 40.0, 40.0, 10.0], run.Column("c.recipe", "Test images"));
        var record = Ablation.Read(Path.Combine(checkout.Notebooks, "own-recipe.json"));
        Assert.Equal(record.Runs[0].AtTestTime, run.Column("c.recipe", "Accuracy")[0]);
        Assert.Equal((7, 2), (record.Runs[0].Seed, record.Epochs));
    }

    [QuickRunFact]
    public async Task FourDataSets_OfImageNet_TakeItsOwnImagesAndTraining()
    {
        var run = await Run("05-four-datasets", Small, "dataSets = [\"ImageNet\"]", "colourTrainingEps = 6 / 255.0", "colourEps = []",
            "imageNet = (TrainImages: 20, TestImages: 10, PgdImages: 10, RetrainingEpochs: 1, Rate: 1e-5, BatchSize: 10)");

        Assert.Equal(["top-1 of 1000 classes", "top-5 of 1000 classes", "top-1 among the data set's 10"], run.Keys("c.imagenet.baseline"));
        Assert.Equal("10 validation images.", run.Table("c.imagenet.baseline").Note);
        Assert.Equal(run.Column("c.imagenet.baseline", "Accuracy")[2], run.Column("c.imagenet.table", "Baseline, FGSM")[0]);
        Assert.Equal(["0 (clean)", "6/255", "0.3"], run.Keys("c.imagenet.table"));
        Assert.Equal([0.0, 1.0], run.Column("c.imagenet.retraining", "Epoch"));
        Assert.Equal("The first 10 test images; epoch 0 is the baseline.", run.Table("c.imagenet.retraining").Note);
    }

    /// <summary>A parameter that is new must be changed by a test above.</summary>
    [Fact]
    public void EachParameterOfEachNotebook_IsChangedByATest()
    {
        var tests = File.ReadAllText(Path.Combine(FewImages.Root, "tests", "Report.Tests", "NotebookParametersTests.cs"));
        foreach (var notebook in NotebookFile.All(new Repository(FewImages.Root)))
        {
            var changed = Calls().Matches(tests).Where(call => call.Groups["name"].Value == notebook.Name).Select(call => call.Value + Small).ToArray();
            string[] elsewhere = [Parameter.Quick, Parameter.Data, Parameter.Fresh, Parameter.Grid];
            Assert.All(notebook.Parameters.Keys.Except(elsewhere), name => Assert.Contains(changed, text => text.Contains($"\"{name} = ") || Small.Contains($"{name} = ")));
        }
    }

    private static void AssertAllAreOf(string data, Outcome run, string? orOf = null) => Assert.All(
        run.Titles.Where(title => title.Contains('(') && (orOf is null || !title.EndsWith($"({orOf})", StringComparison.Ordinal))),
        title => Assert.EndsWith($"({data})", title));

    private async Task<Outcome> Run(string notebook, params string[] changed)
    {
        var document = checkout.Read(notebook, changed);
        var run = await NotebookRunner.RunAsync(document, checkout.Notebooks);
        Assert.True(run.Failure is null, $"{notebook}: {run.Failure}");
        var records = new RecordSet();
        records.Add(notebook, run.Document);
        var outcome = new Outcome(run.Document, records);
        // Neither bookkeeping nor 1.0900000000000034.
        Assert.DoesNotContain("sha256", outcome.Text);
        Assert.DoesNotMatch(@"\d\.\d{9}", outcome.Text);
        return outcome;
    }

    [GeneratedRegex("""Run\("(?<name>[^"]+)"[^;]*;""")]
    private static partial Regex Calls();

    /// <summary>What a run showed.</summary>
    private sealed class Outcome(Notebook document, RecordSet records)
    {
        private IEnumerable<JsonObject> Outputs => document.Cells.SelectMany(cell => cell.Outputs);

        public Dictionary<string, ResultTable> Tables => records.Of<ResultTable>().ToDictionary(record => record.Name, record => record.Value);

        public IEnumerable<string> Titles => Tables.Values.Select(table => table.Title).Concat(records.Of<Figure>().Select(record => record.Value.Title));

        /// <summary>All that was printed or shown as text.</summary>
        public string Text => string.Join("\n", Outputs.Select(output => Lines(output["text"] ?? output["data"]?["text/plain"])));

        public IEnumerable<Progress> Bars => Outputs.Select(output => output["data"]?[Progress.MimeType]).OfType<JsonNode>()
            .Select(bar => Progress.FromJson(bar is JsonObject ? bar.ToJsonString() : Lines(bar))).Where(bar => bar.Epochs > 0);

        public ResultTable Table(string name) => Tables[name];

        public T Figure<T>(string name) where T : Figure => records.Get<T>(name, "figure");

        public string Value(string name) => records.Get<string>(name, "text");

        /// <summary>The first column.</summary>
        public IReadOnlyList<object?> Keys(string table) => [.. Table(table).Rows.Select(row => row[0])];

        public IReadOnlyList<object?> Column(string table, string name)
        {
            var column = Table(table).Columns.ToList().FindIndex(column => column.FullName == name || column.Name == name);
            Assert.True(column >= 0, $"{table}: no column {name}");
            return [.. Table(table).Rows.Select(row => row[column])];
        }

        public object? Cell(string table, string key, string column) => Column(table, column)[Keys(table).ToList().IndexOf(key)];

        private static string Lines(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "";
    }

    /// <summary>A checkout of links with a models/ of its own.</summary>
    public sealed class FewImages : IDisposable
    {
        internal static readonly string Root = Checkout.Above(AppContext.BaseDirectory)!;

        private readonly TemporaryFolder folder = new();

        public FewImages()
        {
            // The folder of the notebooks is a real one: the system knows the current directory by its real path.
            Notebooks = Directory.CreateDirectory(folder.File("checkout/notebooks")).FullName;
            foreach (var (from, to) in new[] { (Root, folder.File("checkout")), (Path.Combine(Root, "notebooks"), Notebooks) })
                foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos().Where(entry => entry.Name is not ("models" or "notebooks")))
                    File.CreateSymbolicLink(Path.Combine(to, entry.Name), entry.FullName);
            var shared = Path.GetFullPath(Path.Combine(Root, "..", "shared"));
            if (Directory.Exists(shared))
                File.CreateSymbolicLink(folder.File("shared"), shared);
        }

        public string Notebooks { get; }

        public void Dispose() => folder.Dispose();

        /// <summary>A notebook with other parameters.</summary>
        /// <param name="notebook">Its name.</param>
        /// <param name="changed">As "trainImages = 96; testImages = 40".</param>
        internal Notebook Read(string notebook, params string[] changed)
        {
            var document = Notebook.Load(Path.Combine(Notebooks, notebook + ".ipynb"));
            var parameters = document.Cells.First(cell => cell.Tags.Contains("parameters"));
            foreach (var change in changed.SelectMany(change => change.Split("; ")))
            {
                var name = change.Split(' ')[0];
                var declaration = new Regex($@"^(\S.* {name} =) [^;]*;", RegexOptions.Multiline);
                Assert.Single(declaration.Matches(parameters.Source));
                parameters.Source = declaration.Replace(parameters.Source, match => $"{match.Groups[1].Value}{change[(name.Length + 2)..]};");
            }
            return document;
        }

        /// <summary>Puts a notebook with other parameters in the place of the link to the real one.</summary>
        /// <inheritdoc cref="Read"/>
        internal void Change(string notebook, params string[] changed)
        {
            var document = Read(notebook, changed);
            var path = Path.Combine(Notebooks, notebook + ".ipynb");
            File.Delete(path);
            document.Save(path);
        }
    }
}
