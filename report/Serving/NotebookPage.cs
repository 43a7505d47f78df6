using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Markdig;

namespace Fgsm.Report.Serving;

/// <summary>A notebook as it ran: its text and what its cells showed; the code can be unfolded.</summary>
internal static class NotebookPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    public static string Write(Notebook notebook)
    {
        var body = new StringBuilder();
        foreach (var cell in notebook.Cells)
        {
            if (cell.Kind == CellKind.Markdown)
                body.Append(Markdown.ToHtml(cell.Source, Pipeline));
            if (cell.Kind != CellKind.Code)
                continue;
            body.Append($"<details><summary><code>{Encode(cell.FirstLine)}</code></summary><pre>{Encode(cell.Source)}</pre></details>\n");
            foreach (var output in cell.Outputs)
                body.Append(Output(output));
        }
        return HtmlPage.Around("Notebook", body.ToString());
    }

    private static string Output(JsonObject output)
    {
        if (output["data"] is not JsonObject data)
            return $"<pre>{Encode(Text(output["text"] ?? output["evalue"]))}</pre>\n";
        if (data["text/html"] is { } html)
            return Text(html);
        if (data["image/svg+xml"] is { } svg)
            return $"<p><img alt=\"\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(svg)))}\"></p>\n";
        if (data["image/png"] is { } png)
            return $"<p><img alt=\"\" src=\"data:image/png;base64,{Encode(Text(png))}\"></p>\n";
        return data["text/plain"] is { } plain && !data.ContainsKey(ResultRecord.MimeType) ? $"<pre>{Encode(Text(plain))}</pre>\n" : "";
    }

    // A text of several lines may be stored as a list of them.
    private static string Text(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => $"{line}")) : $"{text}";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
