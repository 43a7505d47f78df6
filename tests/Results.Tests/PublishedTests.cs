using System.Globalization;

namespace Fgsm.Results.Tests;

public sealed class PublishedTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fgsm-published-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Published Read(string csv)
    {
        File.WriteAllText(Path.Combine(folder, "x.values.csv"), csv);
        return Published.Read("x.values", folder);
    }

    private Published Sample() => Read("data_set,eps,claim,accuracy,source\nMNIST,0,about 99 %,99,text\nMNIST,8/255,,96.95,table 2\n\"Fashion, MNIST\",0.1,,,table 2\n");

    private static string Message(Action read)
    {
        var message = Assert.Throws<ArgumentException>(read).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void Value_IsFoundByItsKey()
    {
        var published = Sample();

        Assert.Equal(96.95, published.Value("accuracy", ("data_set", "MNIST"), ("eps", "8/255")));
        Assert.Equal(96.95, published.Value("accuracy", ("eps", "8/255")));
        Assert.Equal("about 99 %", published.Text("claim", ("eps", "0")));
    }

    /// <summary>Where a decimal comma is usual, too.</summary>
    [Fact]
    public void Value_OfANumberAsKey_IsFoundInEveryCulture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = comma;
        try
        {
            var published = Read("eps,accuracy\n0.1,91.68\n0,100\n");

            Assert.Equal(91.68, published.Value("accuracy", ("eps", 0.1)));
            Assert.Equal(100, published.Value("accuracy", ("eps", 0.0)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Value_OfWhatTheReportDoesNotSay_IsNull()
    {
        var published = Sample();

        Assert.Null(published.Value("accuracy", ("eps", "16/255")));
        Assert.Null(published.Value("accuracy", ("data_set", "Fashion, MNIST")));
        Assert.Null(published.Text("claim", ("eps", "8/255")));
    }

    /// <summary>The accuracy without attack holds beside any attack.</summary>
    [Fact]
    public void Value_WhereTheKeysCellIsEmpty_HoldsForAny()
    {
        var published = Read("attack,eps,accuracy\n,0,99\nFGSM,0.3,12.5\n");

        Assert.Equal(99, published.Value("accuracy", ("attack", "PGD"), ("eps", 0)));
        Assert.Equal(12.5, published.Value("accuracy", ("attack", "FGSM"), ("eps", 0.3)));
        Assert.Null(published.Value("accuracy", ("attack", "PGD"), ("eps", 0.3)));
    }

    [Fact]
    public void Frame_HoldsEveryCellAsWritten() =>
        Assert.Equal(["Fashion, MNIST", "0.1", null, null, "table 2"], Sample().Frame.Rows[2].Select(cell => cell as string is "" ? null : cell));

    [Fact]
    public void Read_OfAnUnknownFile_SaysWhichThereAre()
    {
        Sample();

        var message = Message(() => Published.Read("x.nothing", folder));

        Assert.Contains("no x.nothing.csv", message);
        Assert.Contains("it has x.values", message);
    }

    [Fact]
    public void Value_OfAnUnknownColumn_SaysWhichThereAre()
    {
        Assert.Contains("no column robust; it has data_set, eps, claim, accuracy, source", Message(() => Sample().Value("robust", ("eps", "0"))));
        Assert.Contains("no column epsilon", Message(() => Sample().Value("accuracy", ("epsilon", "0"))));
    }

    [Fact]
    public void Value_OfAKeyThatSeveralRowsHave_IsRefused()
    {
        Assert.Contains("2 rows have data_set MNIST", Message(() => Sample().Value("accuracy", ("data_set", "MNIST"))));
        Assert.Contains("2 rows have eps 0.1", Message(() => Read("eps,accuracy\n0.1,1\n0.1,2\n").Value("accuracy", ("eps", 0.1))));
    }

    [Fact]
    public void Value_OfAText_IsRefused() => Assert.Contains("claim where eps 0 is 'about 99 %', not a number", Message(() => Sample().Value("claim", ("eps", "0"))));

    public static TheoryData<string> Committed => [.. Directory.GetFiles(Folder(), "*.csv").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FgsmNotebooks.sln")))
            root = root.Parent!;
        return Path.Combine(root.FullName, "data", "published");
    }

    /// <summary>The key of a file: the columns before its values, as data/README.md says.</summary>
    [Theory]
    [MemberData(nameof(Committed))]
    public void EachCommittedRow_NamesItsSource_AndHasAKeyOfItsOwn(string name)
    {
        var rows = Published.Read(name).Frame.Rows.Select(row => row.Select(cell => (string?)cell).ToArray()).ToArray();
        var keys = name switch { "b.robust" or "c.accuracy" => 5, "b.diagnostics" or "e.table1" => 4, "a.accuracy" or "e.table2" => 3, _ => 1 };

        Assert.NotEmpty(rows);
        Assert.Equal("source", Published.Read(name).Frame.Columns[^1].Name);
        Assert.All(rows, row => Assert.False(string.IsNullOrWhiteSpace(row[^1])));
        Assert.All(rows, row => Assert.Contains(row[keys..^1], cell => !string.IsNullOrEmpty(cell)));
        Assert.Equal(rows.Length, rows.Select(row => string.Join('|', row[..keys])).Distinct().Count());
    }

    /// <summary>Figures of the reports that others quote, each under its own key.</summary>
    [Fact]
    public void TheCommittedValues_AreThoseOfTheReports()
    {
        Assert.Equal(96.95, Published.Read("b.robust").Value("robust_baseline", ("eps", "8/255")));
        Assert.Equal(97.85, Published.Read("b.robust").Value("robust_defended", ("eps", "8/255")));
        Assert.Equal(0.000026, Published.Read("b.diagnostics").Value("value", ("quantity", "gradient, largest")));
        Assert.Equal(12.5, Published.Read("c.accuracy").Value("accuracy", ("data_set", "MNIST"), ("network", "baseline"), ("eps", 0.3)));
        Assert.Equal(98.88, Published.Read("e.table1").Value("accuracy", ("network", "CNN")));
        Assert.Equal(60.31, Published.Read("e.table2").Value("defended", ("eps", 0.8)));
    }
}
