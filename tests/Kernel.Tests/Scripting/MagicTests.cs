namespace Fgsm.Kernel.Tests.Scripting;

public sealed class MagicTests : IDisposable
{
    private readonly Cells _cells = new();

    public void Dispose() => _cells.Dispose();

    [Theory]
    [InlineData("#!markdown\n# It's *so*", "text/markdown", "# It's *so*")]
    [InlineData("#!html\n<b>bold</b>", "text/html", "<b>bold</b>")]
    public async Task Text_OfAnotherLanguage_IsShown(string code, string mimeType, string content) =>
        Assert.Equal(content, Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run(code))).Data[mimeType]);

    [Fact]
    public async Task Csharp_RunsWhatFollows() => Assert.Equal("2", await _cells.Result("#!csharp\n1 + 1"));

    [Fact]
    public async Task Time_ShowsHowLongTheRestTook_AndItsResult()
    {
        var outputs = await _cells.Run("#!time\nvar x = 5;\nx");
        Assert.Matches(@"^Wall time: [\d.]+ ms$", outputs.OfType<DisplayOutput>().Single().Data["text/plain"]);
        Assert.Equal("5", outputs.OfType<ResultOutput>().Single().Data["text/plain"]);
    }

    [Fact]
    public async Task Whos_ListsVariablesAsTheyStand()
    {
        await _cells.Run("var b = 1; var a = \"x\";");
        await _cells.Run("var b = 2.5;");
        Assert.Equal("[ a, b ]", Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("#!who"))).Data["text/plain"]);
        var data = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("#!whos"))).Data;
        Assert.Equal("Name,Type,Value\na,System.String,x\nb,System.Double,2.5\n", data["text/plain"].ReplaceLineEndings("\n"));
        Assert.Contains("<td>System.Double</td><td>2.5</td>", data["text/html"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_LeavesErrorsTheirLines() =>
        Assert.Equal("   at cell 1, line 4", (await _cells.Error("#!time\nvar a = 1;\n#!who\nthrow new Exception(\"no\");")).Traceback[^1]);

    [Fact]
    public async Task Set_DeclaresVariables_FromLiteralsVariablesAndKeptValues()
    {
        await _cells.Run("var a = 5;\n#!value --name text\nhello\nthere");
        await _cells.Run("#!set --name n --value 12\n#!set --name s --value \"x y\"\n#!set --name b --value @csharp:a\n#!set --name t --value @value:text\n#!set --name j --value {\"k\": [1]}");
        Assert.Equal("13|x y|5|hello\nthere|1", await _cells.Result("$\"{n + 1}|{s}|{b}|{t}|{j.RootElement.GetProperty(\"k\")[0]}\""));
        Assert.Equal("cell 4, line 1: --value is missing", (await _cells.Error("#!set --name q")).Message);
    }

    [Fact]
    public async Task Mermaid_IsShownForViewersThatDrawIt_AndAsText()
    {
        var data = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("#!mermaid\ngraph TD; A-->B"))).Data;
        Assert.Equal("graph TD; A-->B", data["text/vnd.mermaid"]);
        Assert.Equal("graph TD; A-->B", data["text/plain"]);
    }

    [Fact]
    public async Task Lsmagic_ListsEveryMagic()
    {
        var text = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("#!lsmagic"))).Data["text/plain"];
        Assert.Equal(["#!about", "#!csharp", "#!html", "#!import", "#!lsmagic", "#!markdown", "#!mermaid", "#!set", "#!time", "#!value", "#!who", "#!whos"], text.Split('\n'));
    }

    [Fact]
    public async Task About_NamesTheKernel() =>
        Assert.StartsWith("Fgsm.Kernel ", Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("#!about"))).Data["text/plain"], StringComparison.Ordinal);

    [Fact]
    public async Task Package_IsRestoredWithWhatItNeeds()
    {
        using var folder = new TemporaryFolder();
        var package = LocalPackage.Create(folder);
        using var cells = new Cells(folder.Path);
        Assert.Equal(package, await cells.Result("#r \"nuget: Kernel.Tests.Sample, 1.2.3\"\ntypeof(Xunit.Assert).Assembly.GetName().Name"));
    }

    [Fact]
    public async Task Package_ThatCannotBeHad_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        LocalPackage.Create(folder);
        using var cells = new Cells(folder.Path);
        var message = (await cells.Error("#r \"nuget: Kernel.Tests.Gone, 1.0.0\"")).Message;
        Assert.StartsWith("#r \"nuget: Kernel.Tests.Gone\": the package cannot be restored: NU1101", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
