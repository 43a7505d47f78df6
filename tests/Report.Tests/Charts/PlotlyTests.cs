using Microsoft.Playwright;
using P = XPlot.Plotly;

namespace Fgsm.Report.Tests;

/// <summary>What a notebook shows as a Plotly chart, drawn as VS Code and JupyterLab draw it: by plotly.js, from the JSON alone.</summary>
public sealed class PlotlyTests : IAsyncLifetime, IDisposable
{
    private const string Page = """
        <!doctype html>
        <meta charset="utf-8">
        <script src="plotly.min.js"></script>
        <div id="plot"></div>
        """;

    // As long as a title's first line can be, and what stands in the second.
    private const string Line1 = "How many of the test images fall at which smallest eps, found by", Line2 = "bisection between 0 and 1 on report A's network";

    // A text of several lines holds each in an element of its own.
    private const string LinesOfAll =
        "texts => texts.flatMap(text => [text, ...text.querySelectorAll('.line')].map(line => line.textContent))";

    // Points at every point of the chart in turn; resolves to the texts beside the pointer.
    private const string PointAtAll = """
        () => {
            const plot = document.getElementById('plot'), tips = [];
            plot._fullData.forEach((trace, curveNumber) => {
                if (trace.hoverinfo === 'skip')
                    return;
                const points = trace.type === 'heatmap'
                    ? trace.z.flatMap((row, yval) => Array.from(row, (_, xval) => ({ xval, yval })))
                    : Array.from(trace.y, (_, pointNumber) => ({ pointNumber }));
                points.forEach(point => {
                    Plotly.Fx.hover('plot', [{ curveNumber, ...point }]);
                    tips.push(...[...plot.querySelectorAll('.hoverlayer .hovertext .nums')].map(text => text.textContent));
                    Plotly.Fx.unhover('plot');
                });
            });
            return tips;
        }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly List<string> requests = [], complaints = [];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var plotly in new[] { "plotly-2", "plotly-3" })
                foreach (var chart in Samples.Keys)
                    all.Add(plotly, chart);
            return all;
        }
    }

    private static Dictionary<string, Sample> Samples => new()
    {
        ["lines"] = new(
            new LineChart("Accuracy <under> FGSM", new Axis("eps", "1/255"), new Axis("Accuracy", "%"))
                .Add("baseline", [0, 2, 4], [99, 98.5, double.NaN], [98, 98, 98], [100, 99, 99], published: [99, double.NaN, 98.35])
                .Add("defended & more", [0, 2, 4], [97, 96, 95.25]).ToPlotly()!,
            ["Accuracy <under> FGSM", "eps (1/255)", "Accuracy (%)", "baseline", "baseline, published", "defended & more"],
            ["baseline: 0, 99", "baseline: 2, 98.5", "baseline, published: 0, 99", "baseline, published: 4, 98.35",
             "defended & more: 0, 97", "defended & more: 2, 96", "defended & more: 4, 95.25"]),
        ["bars"] = new(
            new BarChart("Accuracy of each class", "Class", new Axis("Accuracy", "%"), ["0", "2026-01-01"])
                .Add("clean", [99, 98])
                .Add("attacked", [12.5, double.NaN]).ToPlotly()!,
            ["Accuracy of each class", "Class", "Accuracy (%)", "0", "2026-01-01", "clean", "attacked"],
            ["clean, 0: 99", "clean, 2026-01-01: 98", "attacked, 0: 12.5"]),
        ["histogram"] = new(
            Histogram.Of("Smallest eps", "eps", [1, 2, 2, 3], bins: 2).ToPlotly()!,
            ["Smallest eps", "eps", "Count"],
            ["1 to 2: 1", "2 to 3: 3"]),
        ["heat map"] = new(
            new HeatMap(
                "The gradient", "column", "row", [[0.25, -1], [double.NaN, 0.5]], ["top", "bottom"], ["left", "right"], Diverging: true, Format: "0.00")
                .ToPlotly()!,
            ["The gradient", "column", "row", "top", "bottom", "left", "right", "0.25", "-1.00", "0.50"],
            ["row top, column left: 0.25", "row top, column right: -1", "row bottom, column left: NaN", "row bottom, column right: 0.5"]),
        ["confusion"] = new(
            HeatMap.Confusion("Which digit is taken for which", [[980, 3], [5, 1130]], ["0", "1"]).ToPlotly()!,
            ["Which digit is taken for which", "Predicted class", "True class", "0", "1", "980", "3", "5", "1130"],
            ["True class 0, Predicted class 0: 980", "True class 0, Predicted class 1: 3",
             "True class 1, Predicted class 0: 5", "True class 1, Predicted class 1: 1130"]),
        ["a title of two lines"] = new(
            Histogram.Of($"{Line1} {Line2}", "eps", [1, 2, 2, 3], bins: 1).ToPlotly()!,
            [Line1, Line2],
            ["1 to 3: 4"]),
        ["a reader's own"] = new(
            P.Chart.Plot(
                [
                    new P.Scatter { name = "ours", x = new[] { 1, 2 }, y = new[] { 3, 4 }, text = new[] { "first", "second" } },
                    new P.Scatter { name = "theirs", x = new[] { 1, 2 }, y = new[] { 5, 6 } },
                ],
                new P.Layout.Layout { title = "A reader's chart", xaxis = new P.Xaxis { title = "across" }, yaxis = new P.Yaxis { title = "up" } })
                .ToPlotly(),
            ["A reader's chart", "across", "up", "ours", "theirs"],
            ["(1, 3)first", "(2, 4)second", "(1, 5)", "(2, 6)"]),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    public void Dispose() => folder.Dispose();

    [PlotlyTheory]
    [MemberData(nameof(All))]
    public async Task Chart_ShowsItsTexts_AndAsksNoHost(string plotly, string chart)
    {
        var (json, texts, tips) = Samples[chart];
        var page = await OpenAsync(plotly);

        await page.EvaluateAsync("json => Plotly.newPlot('plot', JSON.parse(json))", json);

        Assert.Equal(plotly, "plotly-" + (await page.EvaluateAsync<string>("Plotly.version"))[..1]);
        Assert.Empty(texts.Except(await page.Locator("#plot text:visible").EvaluateAllAsync<string[]>(LinesOfAll)));
        Assert.Equal(tips, await page.EvaluateAsync<string[]>(PointAtAll));
        Assert.Equal(new[] { "page.html", "plotly.min.js" }.Select(file => new Uri(folder.File(file)).AbsoluteUri), requests);
        Assert.Empty(complaints);
    }

    private async Task<IPage> OpenAsync(string plotly)
    {
        File.WriteAllText(folder.File("page.html"), Page);
        File.Copy(Path.Combine(PlotlyTheoryAttribute.Packages, plotly, "plotly.min.js"), folder.File("plotly.min.js"));
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = PdfPrinter.FindBrowser(), Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal))
                requests.Add(request.Url);
        };
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(folder.File("page.html")).AbsoluteUri);
        return page;
    }

    /// <param name="Json">The chart as a notebook shows it.</param>
    /// <param name="Texts">What must be written in it.</param>
    /// <param name="Tips">What the pointer shows, from point to point.</param>
    private sealed record Sample(string Json, string[] Texts, string[] Tips);
}
