using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using A = DocumentFormat.OpenXml.Drawing;
using Column = Fgsm.Results.Tables.Column;
using Md = Markdig.Extensions.Tables;
using Pic = DocumentFormat.OpenXml.Drawing.Pictures;
using Wp = DocumentFormat.OpenXml.Drawing.Wordprocessing;

namespace Fgsm.Report.Writing;

/// <summary>The report for Word: its own headings and captions, tables and pictures. HTML that a template brings of its own is left out.</summary>
internal sealed class WordDocument
{
    // A4 with margins of 2.2 cm; a twip is 1/1440 inch, and a pixel of the page 1/96 inch of 914400 units.
    private const int PageWidth = 11906, PageHeight = 16838, Margin = 1247, UnitsOfAPixel = 914400 / 96, PixelsOfText = (PageWidth - 2 * Margin) / 15;

    // Of the letters in a table of the template's own, in half points.
    private const int SizeOfPipes = 16;

    private readonly ReportDocument document;
    private readonly IReadOnlyDictionary<string, byte[]> pictures;
    private readonly MainDocumentPart main;
    private readonly Body body = new();
    private int tables, figures, lists, bookmarks;

    private WordDocument(ReportDocument document, IReadOnlyDictionary<string, byte[]> pictures, MainDocumentPart main) => (this.document, this.pictures, this.main) = (document, pictures, main);

    /// <param name="document">The report.</param>
    /// <param name="pictures">The figures as PNG with two pixels for each of the page, by name.</param>
    /// <param name="path">The file.</param>
    public static void Write(ReportDocument document, IReadOnlyDictionary<string, byte[]> pictures, string path)
    {
        using var file = WordprocessingDocument.Create(path, WordprocessingDocumentType.Document);
        file.PackageProperties.Title = Clean(document.Title);
        var main = file.AddMainDocumentPart();
        WordStyles.Add(main);
        var writer = new WordDocument(document, pictures, main);
        writer.Blocks(document.Syntax, writer.body, new Context());
        writer.body.Append(new SectionProperties(
            new PageSize { Width = PageWidth, Height = PageHeight },
            new PageMargin { Top = Margin, Bottom = Margin, Left = Margin, Right = Margin, Header = 600, Footer = 600 }));
        main.Document = new Document(writer.body);
        WordStyles.AddNumbering(main, writer.lists);
    }

    /// <summary>Text as a Word file can hold it: what XML has no form for is marked as lost.</summary>
    internal static string Clean(string text)
    {
        var clean = text.ToCharArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (!XmlConvert.IsXmlChar(clean[i]))
                clean[i] = '\ufffd';
        }
        return new string(clean);
    }

    /// <summary>What surrounds a paragraph.</summary>
    private sealed record Context(string? Style = null, int? List = null, int Level = 0);

    private void Blocks(ContainerBlock container, OpenXmlElement target, Context context)
    {
        foreach (var block in container)
            Block(block, target, context);
    }

    private void Block(Block block, OpenXmlElement target, Context context)
    {
        switch (block)
        {
            case HeadingBlock heading:
                target.Append(Paragraph(
                    Marked(heading.GetAttributes().Id ?? "", Inlines(heading.Inline)),
                    heading.Level == 1 ? "Title" : string.Create(CultureInfo.InvariantCulture, $"Heading{Math.Min(heading.Level - 1, 3)}")));
                break;
            case ParagraphBlock paragraph:
                target.Append(Paragraph(Inlines(paragraph.Inline), context.Style, context));
                break;
            case HtmlBlock html when document.ResultAt(html) is { } result:
                Result(result, target);
                break;
            case QuoteBlock quote:
                Blocks(quote, target, context with { Style = "Quote" });
                break;
            case ListBlock list:
                // Each ordered list counts from one; all bulleted lists share the first.
                var number = list.IsOrdered ? ++lists + WordStyles.Bullets : WordStyles.Bullets;
                foreach (var item in list.OfType<ListItemBlock>())
                    Blocks(item, target, context with { List = number, Level = context.List is null ? 0 : context.Level + 1 });
                break;
            case CodeBlock code:
                target.Append(Paragraph([.. code.Lines.ToString().Split('\n').SelectMany((line, i) => i == 0 ? [Run(line, new Format())] : new OpenXmlElement[] { new Run(new Break()), Run(line, new Format()) })], "Code"));
                break;
            case ThematicBreakBlock:
                target.Append(new Paragraph(new ParagraphProperties(new ParagraphBorders(new BottomBorder { Val = BorderValues.Single, Size = 6, Color = "999999" }))));
                break;
            case Md.Table table:
                Pipes(table, target);
                break;
            case ContainerBlock other:
                Blocks(other, target, context);
                break;
        }
    }

    private void Result(PlacedResult result, OpenXmlElement target)
    {
        if (result.Value is ResultTable table)
        {
            target.Append(Caption("Table", ++tables, table.Title, result, keepWithNext: true), Table(table));
            target.Append(Paragraph(table.Note is null ? [] : [Run(table.Note, new Format())], "Note"));
        }
        else if (result.Value is Figure figure)
        {
            target.Append(Picture(result.Name, figure.Title, pictures[result.Name]), Caption("Figure", ++figures, figure.Title, result, keepWithNext: false));
        }
        else if (result.Value is Contents)
        {
            target.Append(TableOfContents([.. document.Chapters]));
        }
        else if (result.Value is Bibliography bibliography)
        {
            var number = ++lists + WordStyles.Bullets;
            foreach (var source in bibliography.Sources)
            {
                OpenXmlElement[] address = source.Url is { } url ? [Run(" ", new Format()), Link(url, [Run(url, new Format(Link: true))])] : [];
                target.Append(Paragraph([.. Marked($"ref-{source.Key}", [Run($"{source.Text}.", new Format())]), .. address], null, new Context(List: number)));
            }
        }
    }

    private static Table Table(ResultTable table)
    {
        // The more columns, the smaller the letters; half points.
        var size = table.Columns.Count switch { <= 5 => 19, <= 7 => 17, _ => 15 };
        var word = Grid([.. table.Columns.Index().Select(Texts)], size);
        if (table.Columns.Any(column => column.Group is not null))
            word.Append(Groups(table.Columns, size));
        word.Append(Row([.. table.Columns.Select(column => (column.ShortHeader, column.IsNumeric))], true, size));
        foreach (var row in table.Rows)
            word.Append(Row([.. table.Columns.Zip(row, (column, cell) => (column.Show(cell), column.IsNumeric))], false, size));
        KeepTogether(word);
        return word;

        string[] Texts((int Index, Column Column) c) => [c.Column.ShortHeader, .. table.Rows.Select(row => c.Column.Show(row[c.Index]))];
    }

    private static TableRow Groups(IReadOnlyList<Column> columns, int size)
    {
        var row = new TableRow(new TableRowProperties(new CantSplit(), new TableHeader()));
        foreach (var (group, _, span) in Column.Groups(columns))
        {
            var cell = Cell([Run(group ?? "", new Format(Bold: true, Size: size))], JustificationValues.Center);
            cell.PrependChild(new TableCellProperties(new GridSpan { Val = span }));
            row.Append(cell);
        }
        return row;
    }

    private static TableRow Row(IReadOnlyList<(string Text, bool Right)> cells, bool heading, int size)
    {
        var row = new TableRow(heading ? new TableRowProperties(new CantSplit(), new TableHeader()) : new TableRowProperties(new CantSplit()));
        foreach (var (text, right) in cells)
            row.Append(Cell([Run(text, new Format(Bold: heading, Size: size))], right ? JustificationValues.Right : JustificationValues.Left));
        return row;
    }

    private void Pipes(Md.Table table, OpenXmlElement target)
    {
        var columns = table.OfType<Md.TableRow>().Max(row => row.Count);
        var cells = table.OfType<Md.TableRow>().SelectMany(row => row.OfType<Md.TableCell>().Index())
            .ToLookup(cell => cell.Index, cell => string.Concat(
                cell.Item.OfType<LeafBlock>().Select(leaf => ReportDocument.Text(leaf.Inline!))));
        var word = Grid([.. Enumerable.Range(0, columns).Select(column => cells[column].Append("").ToArray())], SizeOfPipes);
        foreach (var row in table.OfType<Md.TableRow>())
        {
            var line = new TableRow(row.IsHeader ? new TableRowProperties(new CantSplit(), new TableHeader()) : new TableRowProperties(new CantSplit()));
            foreach (var (i, cell) in row.OfType<Md.TableCell>().Index())
            {
                var right = i < table.ColumnDefinitions.Count && table.ColumnDefinitions[i].Alignment == Md.TableColumnAlign.Right;
                var format = new Format(Bold: row.IsHeader, Size: SizeOfPipes);
                line.Append(Cell([.. cell.OfType<LeafBlock>().SelectMany(leaf => Inlines(leaf.Inline, format))],
                    right ? JustificationValues.Right : JustificationValues.Left));
            }
            word.Append(line);
        }
        target.Append(word, new Paragraph());
    }

    /// <summary>
    /// An empty table as wide as the text. A column is as wide as its longest word, so that none is broken, and what is left goes to those
    /// that have longer lines.
    /// </summary>
    /// <param name="columns">The texts of each.</param>
    /// <param name="size">Of the letters, in half points.</param>
    private static Table Grid(IReadOnlyList<string[]> columns, int size)
    {
        // In twentieths of a point: a letter is some 0.52 of its size wide, and a cell has a margin of 80 at each side.
        double Width(int letters) => 5.2 * size * letters + 160;
        double[] words = [.. columns.Select(texts => Width(texts.SelectMany(text => text.Split(' ', '\u00A0')).Max(word => word.Length)))];
        double[] lines = [.. columns.Select(texts => Width(texts.Max(text => Math.Min(text.Length, 64))))];
        var (least, most, all) = (words.Sum(), lines.Sum(), PageWidth - 2 * Margin);
        double Share(int i) => all >= most ? lines[i] * all / most
            : all <= least ? words[i] * all / least : words[i] + (lines[i] - words[i]) * (all - least) / (most - least);

        var grid = new TableGrid();
        for (var i = 0; i < columns.Count; i++)
            grid.Append(new GridColumn { Width = ((int)Share(i)).ToString(CultureInfo.InvariantCulture) });
        return new Table(
            new TableProperties(
                new TableStyle { Val = "ReportTable" },
                new TableWidth { Type = TableWidthUnitValues.Pct, Width = "5000" },
                new TableLayout { Type = TableLayoutValues.Autofit },
                new TableLook { FirstRow = true, NoVerticalBand = true }),
            grid);
    }

    // A table of less than a page does not begin on one and end on the next.
    private static void KeepTogether(Table table)
    {
        const int most = 30;
        TableRow[] rows = [.. table.Elements<TableRow>()];
        if (rows.Length > most)
            return;
        foreach (var properties in rows.SkipLast(1).SelectMany(row => row.Descendants<ParagraphProperties>()))
            properties.InsertAfter(new KeepNext(), properties.ParagraphStyleId);
    }

    private static TableCell Cell(IReadOnlyList<OpenXmlElement> content, JustificationValues alignment)
    {
        var paragraph = new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "TableText" }, new Justification { Val = alignment }));
        paragraph.Append(content);
        // A narrow column breaks its lines between any words rather than within one.
        foreach (var text in paragraph.Descendants<Text>())
            text.Text = text.Text.Replace('\u00A0', ' ');
        return new TableCell(paragraph);
    }

    /// <summary>A field that Word can make anew, with page numbers; until then it lists the chapters with links.</summary>
    private static Paragraph[] TableOfContents((string Text, string Id)[] chapters)
    {
        static Run Mark(FieldCharValues kind) => new(new FieldChar { FieldCharType = kind });
        OpenXmlElement[] begin = [Mark(FieldCharValues.Begin), new Run(new FieldCode(" TOC \\o \"1-1\" \\h ") { Space = SpaceProcessingModeValues.Preserve }), Mark(FieldCharValues.Separate)];
        return [.. chapters.Select((chapter, i) => Paragraph(
            [
                .. i == 0 ? begin : [],
                new Hyperlink(Run(chapter.Text, new Format(Link: true))) { Anchor = Bookmark(chapter.Id) },
                .. i == chapters.Length - 1 ? new[] { Mark(FieldCharValues.End) } : [],
            ],
            null))];
    }

    /// <summary>Text to which links of this name lead.</summary>
    private List<OpenXmlElement> Marked(string name, List<OpenXmlElement> content)
    {
        var id = (++bookmarks).ToString(CultureInfo.InvariantCulture);
        return name.Length == 0 ? content : [new BookmarkStart { Id = id, Name = Bookmark(name) }, .. content, new BookmarkEnd { Id = id }];
    }

    // Word allows letters, digits and _, and forty of them: a long name ends in a checksum.
    private static string Bookmark(string name)
    {
        var letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return letters.Length < 39 ? $"_{letters}" : string.Create(CultureInfo.InvariantCulture, $"_{letters[..28]}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}");
    }

    private Paragraph Caption(string kind, int number, string title, PlacedResult result, bool keepWithNext)
    {
        // A field, so that Word can list tables and figures, and counts again when one is added.
        var text = number.ToString(CultureInfo.InvariantCulture);
        var paragraph = new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "Caption" }, new KeepNext { Val = keepWithNext }));
        List<OpenXmlElement> label = [Run($"{kind} ", new Format()), new SimpleField(Run(text, new Format())) { Instruction = $" SEQ {kind} \\* ARABIC " }];
        paragraph.Append(Marked(result.IsFirst ? result.Name : "", label));
        paragraph.Append(Run($": {title}", new Format()));
        return paragraph;
    }

    private Paragraph Picture(string name, string title, byte[] png)
    {
        var part = main.AddImagePart(ImagePartType.Png);
        part.FeedData(new MemoryStream(png));
        // The size stands in the PNG's header.
        var (width, height) = (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)) / 2.0, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)) / 2.0);
        var scale = Math.Min(Math.Min(0.85, PixelsOfText / width), 850 / height);
        var (x, y) = ((long)(width * scale * UnitsOfAPixel), (long)(height * scale * UnitsOfAPixel));
        var id = (uint)figures + 1;
        return Paragraph(
            [
                new Run(new Drawing(new Wp.Inline(
                    new Wp.Extent { Cx = x, Cy = y },
                    new Wp.DocProperties { Id = id, Name = Clean(name), Description = Clean(title) },
                    new A.Graphic(new A.GraphicData(new Pic.Picture(
                        new Pic.NonVisualPictureProperties(new Pic.NonVisualDrawingProperties { Id = id, Name = Clean(name) }, new Pic.NonVisualPictureDrawingProperties()),
                        new Pic.BlipFill(new A.Blip { Embed = main.GetIdOfPart(part) }, new A.Stretch(new A.FillRectangle())),
                        new Pic.ShapeProperties(
                            new A.Transform2D(new A.Offset { X = 0, Y = 0 }, new A.Extents { Cx = x, Cy = y }),
                            new A.PresetGeometry(new A.AdjustValueList()) { Preset = A.ShapeTypeValues.Rectangle })))
                    { Uri = "http://schemas.openxmlformats.org/drawingml/2006/picture" })))),
            ],
            "Picture");
    }

    private static Paragraph Paragraph(IReadOnlyList<OpenXmlElement> content, string? style, Context? context = null)
    {
        var properties = new ParagraphProperties();
        if (style is not null)
            properties.Append(new ParagraphStyleId { Val = style });
        if (context?.List is { } list)
            properties.Append(new NumberingProperties(new NumberingLevelReference { Val = Math.Min(context.Level, WordStyles.Levels - 1) }, new NumberingId { Val = list }));
        var paragraph = new Paragraph(properties);
        paragraph.Append(content);
        return paragraph;
    }

    private sealed record Format(bool Bold = false, bool Italic = false, bool Code = false, bool Link = false, int? Size = null);

    private List<OpenXmlElement> Inlines(ContainerInline? container, Format? format = null) => [.. (container ?? []).SelectMany(inline => Inline(inline, format ?? new Format()))];

    private IEnumerable<OpenXmlElement> Inline(Inline inline, Format format) => inline switch
    {
        LiteralInline literal => [Run(literal.Content.ToString(), format)],
        CodeInline code => [Run(code.Content, format with { Code = true })],
        EmphasisInline emphasis => Inlines(emphasis, emphasis.DelimiterCount == 2 ? format with { Bold = true } : format with { Italic = true }),
        LineBreakInline line => [line.IsHard ? new Run(new Break()) : Run(" ", format)],
        HtmlEntityInline entity => [Run(entity.Transcoded.ToString(), format)],
        AutolinkInline link => [Link(link.IsEmail ? "mailto:" + link.Url : link.Url, [Run(link.Url, format with { Link = true })])],
        // A picture of the template's own lies where no copy of the text can find it.
        LinkInline { IsImage: true } picture => Inlines(picture, format),
        LinkInline link => [Link(link.Url ?? "", Inlines(link, format with { Link = true }))],
        ContainerInline other => Inlines(other, format),
        _ => [],
    };

    private OpenXmlElement Link(string url, IReadOnlyList<OpenXmlElement> content)
    {
        if (url is ['#', .. var name] && (document.Find(name) ?? (object?)document.Bibliography.Sources.FirstOrDefault(source => name == $"ref-{source.Key}")) is not null)
        {
            var inside = new Hyperlink { Anchor = Bookmark(name) };
            inside.Append(content);
            return inside;
        }
        // Only addresses that lead to a page: any other link has no place to lead to here.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "mailto"))
            return new Run(content.OfType<Run>().SelectMany(run => run.ChildElements).Select(element => element.CloneNode(true)));
        var link = new Hyperlink { Id = main.AddHyperlinkRelationship(address, isExternal: true).Id };
        link.Append(content);
        return link;
    }

    private static Run Run(string text, Format format)
    {
        var properties = new RunProperties();
        if (format.Link || format.Code)
            properties.Append(new RunStyle { Val = format.Link ? "Hyperlink" : "CodeText" });
        if (format.Bold)
            properties.Append(new Bold());
        if (format.Italic)
            properties.Append(new Italic());
        if (format.Size is { } size)
            properties.Append(new FontSize { Val = size.ToString(CultureInfo.InvariantCulture) });
        return new Run(properties, new Text(Clean(text)) { Space = SpaceProcessingModeValues.Preserve });
    }
}
