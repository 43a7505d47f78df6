namespace Fgsm.Report.Tests;

/// <summary>A report with every kind of text, table and figure, in which all that comes from outside is hostile.</summary>
internal static class SampleDocument
{
    public const string Hostile =
        "<script>window.hacked=1</script> <img src=x onerror=\"window.hacked=1\"> <a href=\"http://evil.example\">a</a> \\input{/etc/passwd} \\end{document} $x$ 100% & #1 ~^_ {{value}} ![x](http://evil.example/y.png) [l](http://evil.example) --> ]]> | a_b_ *c* `d` 中 💥 \u0001\ud800 end";

    private const string Template = """
        # Title {{value "b.text"}}

        ## Heading *with* `code --x` & 50 % {{value "b.text"}}

        {{contents}}

        See {{ref "b.lines"}}, {{ref "b.table"}} and {{cite "one2001" "two2002"}}.

        Text with **bold**, a [link](https://example.org/a_b?c=1&d=2#e), a hard  
        break, → and ε, and {{value "b.text"}}.

        > A quotation.

        1. first
        2. second

           - inside

        - Data: 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7

        ```
        code \end{verbatim} & more
          indented
        ```

        ---

        | Left | Right |
        |:--|--:|
        | {{value "b.text"}} | [x] |

        {{table "b.table"}}

        {{figure "b.lines"}}

        {{figure "b.bars"}}

        {{figure "b.histogram"}}

        {{figure "b.map"}}

        {{figure "b.images"}}

        {{bibliography}}
        """;

    private const string Sources = """
        @misc{one2001,
          author = {Ann One and Bob Other and Cy Third},
          title = {A {Title} \input{/etc/passwd} <script>window.hacked=1</script> & 100 %},
          howpublished = {Somewhere},
          year = {2001},
          url = {https://example.org/a_b?c=1&d=2#e}
        }
        @misc{two2002,
          title = {No author}
        }
        """;

    public static RecordSet Records => Samples.Records(
        new("b.text", Hostile),
        new("b.table", new ResultTable(Hostile) { Note = Hostile }.Text(Hostile).Compared(Hostile).Compared("second").Number("n", Hostile).Add(Hostile, 98.5, 98.25, 1, 2, -1).Add("[x]", null, double.NaN, null, 3, 1)),
        new("b.lines", new LineChart(Hostile, Hostile, Hostile).Add(Hostile, [0, 1, 2], [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4], published: [1, 2.5, double.NaN]).Add("other", [0, 1, 2], [3, 2, 1])),
        new("b.bars", new BarChart(Hostile, Hostile, Hostile, [Hostile, "b"]).Add(Hostile, [1, 2]).Add("other", [2, 1])),
        new("b.histogram", Histogram.Of(Hostile, Hostile, [1, 2, 2, 3], bins: 3)),
        new("b.map", new HeatMap(Hostile, Hostile, Hostile, [[1, 2], [3, double.NaN]], [Hostile, "b"], [Hostile, "b"], Format: "0")),
        new("b.images", new ImageGrid(Hostile, [Hostile]).AddRow(Hostile, new GridImage(new Picture([0, 255, 255, 0], 1, 2, 2), Hostile))));

    public static ReportDocument Create(TemporaryFolder folder)
    {
        File.WriteAllText(folder.File("report.md"), Template);
        File.WriteAllText(folder.File("bibliography.bib"), Sources);
        return new ReportDocument(new ReportTemplate(folder.Path), Samples.Content(Records));
    }
}
