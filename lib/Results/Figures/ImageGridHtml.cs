using System.Net;

namespace Fgsm.Results.Figures;

/// <summary>Image grids as HTML: a table of pictures that a narrow page can lay out in more lines, where a drawing would shrink.</summary>
public static class ImageGridHtml
{
    /// <summary>The grid as an HTML fragment, without its title; all text is encoded.</summary>
    public static string ToHtml(this ImageGrid grid)
    {
        // A caption makes no column much wider than its pictures.
        var most = grid.Rows.SelectMany(row => row.Images).Select(image => ImageGridSvg.Size(image.Picture).Width).DefaultIfEmpty(0).Max() + 24;
        var width = FormattableString.Invariant($"style=\"max-width:{most:0}px\"");
        var labelled = grid.Rows.Any(row => row.Label is not null);
        var html = new StringBuilder("<table class=\"images\">\n");
        if (grid.ColumnLabels is { } columns)
        {
            html.Append("<thead>\n<tr>").Append(labelled ? "<td></td>" : "");
            html.AppendJoin("", columns.Select(column => $"<th scope=\"col\" {width}>{Encode(column)}</th>")).Append("</tr>\n</thead>\n");
        }
        html.Append("<tbody>\n");
        foreach (var row in grid.Rows)
        {
            html.Append("<tr>").Append(labelled ? $"<th scope=\"row\">{Encode(row.Label ?? "")}</th>" : "");
            foreach (var (i, image) in row.Images.Index())
                html.Append($"<td {width} data-label=\"{Encode(grid.ColumnLabels?[i] ?? "")}\">{Image(image)}</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</tbody>\n</table>\n").ToString();
    }

    private static string Image(GridImage image)
    {
        var (width, height) = ImageGridSvg.Size(image.Picture);
        var data = Convert.ToBase64String(Png.Encode(image.Picture));
        return FormattableString.Invariant(
            $"<img width=\"{width:0}\" height=\"{height:0}\" alt=\"\" src=\"data:image/png;base64,{data}\"><br>{Encode(image.Caption ?? "")}");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
