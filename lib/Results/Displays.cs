using System.Net;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using XPlot.Plotly;

namespace Fgsm.Results;

/// <summary>How a notebook shows tables, data frames, figures, charts and progress, in this project's kernel and in .NET Interactive.</summary>
public static class Displays
{
    private const string Html = "text/html", Plain = "text/plain", Png = "image/png", Svg = "image/svg+xml";

    // Where Skia loads, no SVG stands beside the PNG: nbconvert would prefer it, and strip it of its content.
    private static readonly string Picture = NotebookPictures.Png("<svg xmlns='http://www.w3.org/2000/svg'/>") is null ? Svg : Png;

    // Enough to look at; a frame of a sweep has thousands of rows.
    private const int ShownRows = 25;

    /// <summary>Registers the formatters, and lets whatever <see cref="Results"/> records be shown. Once at the start of a notebook.</summary>
    public static void Register()
    {
        Show<ResultTable>((Html, table => table.ToHtml()), (Plain, table => table.ToText()));
        Show<DataFrame>((Html, frame => Shown(frame).ToHtml()), (Plain, frame => Shown(frame).ToText()));
        // Viewers that know no Plotly take the picture beside the chart.
        Show<Figure>((ChartJson.MimeType, figure => figure.ToPlotly() ?? ""), (Picture, Drawn), (Plain, figure => figure.Title));
        Formatter.SetPreferredMimeTypesFor(typeof(ImageGrid), Picture, Plain);
        Show<PlotlyChart>((ChartJson.MimeType, chart => chart.ToPlotly()), (Plain, _ => "A chart, drawn by viewers that know Plotly."));
        Show<Progress>((Html, Bar), (Plain, progress => progress.ToText()), (Progress.MimeType, progress => progress.ToJson()));

        // The record travels beside what it shows: the report reads it from the notebook's outputs.
        Formatter.Register<ResultRecord>(record => record.ToJson(), ResultRecord.MimeType);
        foreach (var type in new[] { Html, ChartJson.MimeType, Picture })
            Formatter.Register<ResultRecord>(record => record.Value.ToDisplayString(type), type);
        Formatter.Register<ResultRecord>(Said, Plain);
        Results.Recorded = record => record.Display([.. Types(record.Value), ResultRecord.MimeType]);
    }

    private static void Show<T>(params (string MimeType, Func<T, string> Text)[] forms)
    {
        foreach (var (type, text) in forms)
            Formatter.Register(text, type);
        Formatter.SetPreferredMimeTypesFor(typeof(T), [.. forms.Select(form => form.MimeType)]);
    }

    private static IEnumerable<string> Types(object value) => value switch
    {
        ResultTable => [Html, Plain],
        ImageGrid => [Picture, Plain],
        Figure => [ChartJson.MimeType, Picture, Plain],
        _ => [Plain],
    };

    // Numbers and texts are for the report: what a reader should see of them, a cell prints.
    private static string Said(ResultRecord record) => record.Value is ResultTable or Figure ? record.Value.ToDisplayString(Plain) : "";

    private static ResultTable Shown(DataFrame frame) => frame.Rows.Count > ShownRows
        ? frame.Head(ShownRows).ToResultTable(FormattableString.Invariant($"The first {ShownRows} of {frame.Rows.Count:#,0} rows"))
        : frame.ToResultTable(frame.Rows.Count == 1 ? "1 row" : FormattableString.Invariant($"{frame.Rows.Count} rows"));

    private static string Drawn(Figure figure) => NotebookPictures.Png(figure.ToSvg()) ?? figure.ToSvg();

    private static string Bar(Progress progress) =>
        FormattableString.Invariant($"<progress max='1' value='{progress.Fraction():0.###}'></progress> {WebUtility.HtmlEncode(progress.ToText())}");
}
