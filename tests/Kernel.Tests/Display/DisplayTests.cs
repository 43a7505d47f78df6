namespace Fgsm.Kernel.Tests.Display;

public sealed class DisplayTests : IDisposable
{
    private readonly Cells _cells = new();

    public void Dispose() => _cells.Dispose();

    [Theory]
    [InlineData("1.5", "1.5")]
    [InlineData("\"a <b>\"", "a <b>")]
    [InlineData("(string)null", "<null>")]
    [InlineData("new[] { 1, 2 }", "[ 1, 2 ]")]
    [InlineData("Enumerable.Range(0, 22).ToList()", "[ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 ... (2 more) ]")]
    public async Task Value_ThatIsText_IsShownAsTextOnly(string code, string text) =>
        Assert.Equal([KeyValuePair.Create("text/plain", text)], Assert.IsType<ResultOutput>(Assert.Single(await _cells.Run(code))).Data);

    [Theory]
    [InlineData("(1, \"two\")", "( 1, two )")]
    [InlineData("DayOfWeek.Friday", "Friday")]
    [InlineData("new List<string> { \"a\", \"b\" }", "[ a, b ]")]
    public async Task Value_ShownAsHtml_HasItsTextBesideIt(string code, string text)
    {
        var data = Assert.IsType<ResultOutput>(Assert.Single(await _cells.Run(code))).Data;
        Assert.Equal(text, data["text/plain"]);
    }

    [Fact]
    public async Task Sequence_WithoutAnEnd_IsShownByItsFirstItems()
    {
        await _cells.Run("IEnumerable<int> Ones() { while (true) yield return 1; }");
        Assert.Contains("(more)", Assert.IsType<ResultOutput>(Assert.Single(await _cells.Run("Ones()"))).Data["text/html"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Object_ThatHoldsItself_IsCutOff()
    {
        await _cells.Run("class Node { public Node Next { get; set; } public int Value { get; set; } } var n = new Node(); n.Next = n;");
        Assert.Contains("Value: 0", await _cells.Result("n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Property_ThatThrows_ShowsItsException()
    {
        await _cells.Run("class Bad { public int P => throw new InvalidOperationException(\"no\"); }");
        Assert.Contains("P: System.InvalidOperationException: no", await _cells.Result("new Bad()"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_InASequence_AreAnEncodedTable()
    {
        await _cells.Run("record Row(string Name, double Value);");
        var html = Assert.IsType<ResultOutput>(Assert.Single(await _cells.Run("new[] { new Row(\"<a>\", 0.5), new Row(\"b\", 1) }"))).Data["text/html"];
        Assert.StartsWith("<table>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;a&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_IsShownAsItIs() =>
        Assert.Equal("<b>bold</b>", Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("display(HTML(\"<b>bold</b>\"));"))).Data["text/html"]);

    [Fact]
    public async Task DisplayAs_TakesTheMimeTypeGiven()
    {
        var display = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("\"<svg/>\".DisplayAs(\"image/svg+xml\");")));
        Assert.Equal(["image/svg+xml"], display.Data.Keys);
    }

    [Fact]
    public async Task Type_WithSeveralPreferredMimeTypes_GivesOneOutputWithAll()
    {
        await _cells.Run("""
            record Found(string Name);
            Formatter.Register<Found>(f => $"<b>{f.Name}</b>", "text/html");
            Formatter.Register<Found>(f => $"{{\"name\": \"{f.Name}\"}}", "application/vnd.fgsm.record+json");
            Formatter.SetPreferredMimeTypesFor(typeof(Found), "text/html", "application/vnd.fgsm.record+json");
            """);
        var display = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("new Found(\"b\").Display()")));
        Assert.Equal("<b>b</b>", display.Data["text/html"]);
        Assert.Equal("{\"name\": \"b\"}", display.Data["application/vnd.fgsm.record+json"]);
        Assert.Equal(2, display.Data.Count);
    }

    [Fact]
    public async Task Update_ReplacesTheDisplay_AlsoFromALaterCell()
    {
        var first = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("var bar = \"0 %\".Display();")));
        var update = Assert.IsType<DisplayUpdate>(Assert.Single(await _cells.Run("bar.Update(\"50 %\");")));
        Assert.Equal(first.DisplayId, update.DisplayId);
        Assert.Equal("50 %", update.Data["text/plain"]);
    }

    [Fact]
    public async Task Update_OfADisplayThatWasShownAs_KeepsItsMimeType()
    {
        var first = Assert.IsType<DisplayOutput>(Assert.Single(await _cells.Run("var svg = \"<svg/>\".DisplayAs(\"text/html\"); var other = \"<i/>\".DisplayAs(\"text/html\");"), o => o is DisplayOutput { Data: var d } && d["text/html"] == "<svg/>"));
        var updates = (await _cells.Run("svg.Update(HTML(\"<b/>\")); svg.Update(HTML(\"<u/>\"));")).Cast<DisplayUpdate>().ToList();
        Assert.Equal([first.DisplayId, first.DisplayId], updates.Select(update => update.DisplayId));
        Assert.Equal(["<b/>", "<u/>"], updates.Select(update => update.Data["text/html"]));
    }

    [Fact]
    public async Task Display_FromAThreadThatOutlivesItsCell_IsShown()
    {
        await _cells.Run("var late = Task.Run(async () => { await Task.Delay(100); display(\"late\"); });");
        Assert.Contains(await _cells.Run("await late;"), output => output is DisplayOutput { Data: var data } && data["text/plain"] == "late");
    }

    [Fact]
    public async Task Formatter_OfOneSession_IsNotSeenByTheNext()
    {
        using (var first = new Cells())
        {
            await first.Run("Formatter.Register<Version>(v => \"mine\", \"text/plain\"); Formatter.SetPreferredMimeTypesFor(typeof(int), \"text/html\"); Formatter.ListExpansionLimit = 1;");
            Assert.Equal("mine", await first.Result("new Version(1, 0)"));
        }
        using var next = new Cells();
        Assert.StartsWith("Version", await next.Result("new Version(1, 0)"), StringComparison.Ordinal);
        Assert.Equal("[ 1, 2 ]", await next.Result("new[] { 1, 2 }"));
    }

    [Fact]
    public async Task Formatter_OfTheMoreSpecificType_Wins()
    {
        await _cells.Run("Formatter.Register<ArgumentException>(e => \"specific\", \"text/plain\"); Formatter.Register<Exception>(e => \"general\", \"text/plain\");");
        Assert.Equal("specific", await _cells.Result("new ArgumentNullException()"));
        Assert.Equal("general", await _cells.Result("new InvalidOperationException()"));
    }

    [Fact]
    public async Task Display_InAMimeTypeNobodyWrites_IsAnError() =>
        Assert.Contains("No formatter is registered for MIME type image/png", (await _cells.Error("display(5, \"image/png\");")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task PolyglotsNamespaces_Resolve() =>
        Assert.Equal("5", await _cells.Result("using Microsoft.DotNet.Interactive;\nusing Microsoft.DotNet.Interactive.Formatting;\nMicrosoft.DotNet.Interactive.Formatting.Formatter.ToDisplayString(5)"));
}
