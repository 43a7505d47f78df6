using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fgsm.Results.Tests;

public class TableRendererTests
{
    private const string Hostile = "<script>alert(1)</script> | a_b *c* `d` [e](http://f) \\input{/etc/passwd} $x$ 100% & #1 ~^ \"q\" 'r'\r\n\u001b[31m\0 end";

    private static ResultTable With(string text) => new ResultTable(text) { Note = text }.Text(text).Number("n", text).Add(text, 1);

    [Fact]
    public void Html_WithHostileText_IsOneTableOfExactlyThatText()
    {
        // A parser's view, with HTML's named entities and forbidden control characters taken out of its way.
        var html = With(Hostile).ToHtml().Replace("\0", "").Replace("\u001b", "");
        var box = XElement.Parse(html);

        Assert.Equal(["table", "p"], box.Elements().Select(e => e.Name.LocalName));
        Assert.Empty(box.Descendants("script"));
        Assert.Contains("<script>alert(1)</script> | a_b", box.Descendants("td").First().Value);
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public void Html_SaysAGroupOnceAboveItsColumns()
    {
        var box = XElement.Parse(new ResultTable("t").Text("eps").Compared("Robust <b>").Compared("Success").Add("a", 1, 2, 3, 4).ToHtml());
        var rows = box.Descendants("thead").Single().Elements("tr").ToArray();

        Assert.Equal([("", "1"), ("Robust <b>", "3"), ("Success", "3")], rows[0].Elements().Select(e => (e.Value, e.Attribute("colspan")!.Value)));
        Assert.Equal(["eps", "Published (%)", "Ours (%)", "Difference (points)", "Published (%)", "Ours (%)", "Difference (points)"], rows[1].Elements().Select(e => e.Value));
    }

    [Fact]
    public void Markdown_WithHostileText_KeepsItsRowsAndColumns()
    {
        var lines = With(Hostile).ToMarkdown().TrimEnd('\n').Split('\n');
        var table = lines.Where(line => line.StartsWith('|')).ToArray();

        Assert.Equal(3, table.Length);
        Assert.All(table, line => Assert.Equal(3, Regex.Count(line, @"(?<!\\)\|")));
        Assert.All(lines, line => Assert.DoesNotMatch(@"(?<!\\)[<>`*_\[\]$&](?!\*)", line.Replace("**", "")));
    }

    [Fact]
    public void Csv_WithHostileText_IsQuoted()
    {
        var csv = new ResultTable("t").Text("a").Number("b").Add("x,\"y\"\r\nz", 1).ToCsv();

        Assert.Equal("a,b\r\n\"x,\"\"y\"\"\r\nz\",1\r\n", csv);
    }

    [Fact]
    public void Csv_WithoutVolatile_LeavesOutTimes()
    {
        var table = new ResultTable("t").Text("a").Number("time", "s", isVolatile: true).Number("b").Add("x", 1.5, 2);

        Assert.Equal("a,b\r\nx,2\r\n", table.ToCsv(withVolatile: false));
        Assert.Equal("a,time (s),b\r\nx,1.5,2\r\n", table.ToCsv());
    }

    [Theory]
    [InlineData("=HYPERLINK(1)")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(1)")]
    public void Csv_TextThatASpreadsheetWouldRun_IsMadeText(string formula) =>
        Assert.Contains($"'{formula}", new ResultTable("t").Text("a").Add(formula).ToCsv());

    [Fact]
    public void Csv_NegativeNumbers_StayNumbers() => Assert.Equal("a\r\n-1.5\r\n", new ResultTable("t").Number("a").Add(-1.5).ToCsv());

    [Fact]
    public void Latex_WithHostileText_HasNoCommandOfItsOwn()
    {
        var latex = With(Hostile).ToLatex();

        Assert.DoesNotContain("\\input", latex);
        Assert.Contains("\\textbackslash{}input\\{/etc/passwd\\} \\$x\\$ 100\\% \\& \\#1 \\textasciitilde{}\\textasciicircum{}", latex);
        Assert.Equal(4, Regex.Count(latex, @"\\begin|\\end\{"));
        Assert.Equal(2, Regex.Count(latex, @" \\\\\n"));
    }

    [Fact]
    public void Latex_UsesBooktabsAndAMinusSign()
    {
        var latex = new ResultTable("t").Text("a").Number("b").Add("[x]", -1).ToLatex();

        Assert.Contains("\\begin{tabular}{lr}\n\\toprule\n\\relax a & b \\\\\n\\midrule\n\\relax [x] & $-$1 \\\\\n\\bottomrule\n", latex);
    }

    [Fact]
    public void Text_AlignsNumbersRight_AndHasNoControlCharacters()
    {
        var text = new ResultTable("Title").Text("name").Number("n").Add("a", 1).Add("a\u001b[2Jbc", 1000).ToText();

        Assert.Equal("Title\nname        n\n-------  ----\na           1\na [2Jbc  1000\n", text);
    }

    [Fact]
    public void AVerdict_IsShownInItsColour_ByItsWords()
    {
        var table = new ResultTable("t").Verdict().Add(Verdict.Close.ToText()).Add(Verdict.NotMeasured.ToText()).Add("✗ <b>");
        var cells = XElement.Parse(table.ToHtml()).Descendants("td").ToArray();

        Assert.Equal([("verdict-close", "≈ close"), (null, "– not measured"), ("verdict-not-reproduced", "✗ <b>")], cells.Select(cell => (cell.Attribute("class")?.Value, cell.Value)));
        Assert.Contains("\\textcolor[HTML]{8A5A00}{\\ensuremath{\\approx} close}", table.ToLatex());
        Assert.Equal(table.Digest(), ResultTable.FromJson(table.ToJson()).Digest());
        Assert.Equal(table.Rows, table.ToDataFrame().ToResultTable(like: table).Rows);
    }

    [Fact]
    public void Latex_OfALongTable_GoesOnOnTheNextPage_WhereItMay()
    {
        var table = new ResultTable("t") { Note = "n" }.Text("a");
        for (var i = 0; i < 41; i++)
            table.Add($"row {i}");

        var broken = table.ToLatex("H", "b.table", breakLong: true);

        Assert.StartsWith("{\\footnotesize", broken);
        Assert.Contains("\\begin{longtable}{l}\n\\caption{t}\\label{b.table}\\\\", broken);
        Assert.Contains("\\endfirsthead", broken);
        Assert.DoesNotContain("\\begin{table}", broken);
        Assert.DoesNotContain("longtable", table.ToLatex());
    }

    [Theory]
    [InlineData("97.13 %")]
    [InlineData("-0.05")]
    [InlineData("+3.68")]
    public void Markdown_OfANumberAsText_IsTheNumber(string text) => Assert.Equal(text, TableMarkdown.Escape(text));
}
