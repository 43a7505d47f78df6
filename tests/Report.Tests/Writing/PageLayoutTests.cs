using Microsoft.Playwright;
using SkiaSharp;

namespace Fgsm.Report.Tests;

/// <summary>Every table and figure of the published report on a wide page and on a phone, by day and in the dark, measured in a browser.</summary>
public sealed class PageLayoutTests : PageInBrowser
{
    // What is cut: an element beside the page, or a text outside a box that hides what leaves it. What scrolls sideways must say so.
    private const string Cut = """
        () => {
          const found = [], shown = box => box.width > 0 && box.height > 0, inScroller = element => element.closest('.scrolls') !== null;
          const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
          for (const element of document.querySelectorAll('main *')) {
            const box = element.getBoundingClientRect();
            if (shown(box) && !inScroller(element) && (box.left < -0.5 || box.right > innerWidth + 0.5) && !element.closest('svg'))
              found.push(`${element.tagName} of ${Math.round(box.right)} pixels: ${element.textContent.trim().slice(0, 40)}`);
          }
          for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            if (!text.data.trim() || inScroller(text.parentElement))
              continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const boxes = [...range.getClientRects()].filter(shown);
            for (let around = text.parentElement; around; around = around.parentElement) {
              const outer = around.getBoundingClientRect();
              if (getComputedStyle(around).overflowX !== 'visible' || around.localName === 'svg')
                if (boxes.some(box => box.left < outer.left - 1 || box.right > outer.right + 1 || box.top < outer.top - 1 || box.bottom > outer.bottom + 1))
                  found.push(`text cut by ${around.tagName} ${around.getAttribute('class')}: ${text.data.trim()}`);
            }
          }
          return found;
        }
        """;

    private const string Scrollers = "() => [...document.querySelectorAll('.scrolls')].map(box => box.textContent.trim().slice(0, 60))";

    // Each text with its colour and its place on the page, in whole pixels: x, y, width, height, red, green, blue.
    private const string Texts = """
        () => {
          const found = [], texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            if (!text.data.trim())
              continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const style = getComputedStyle(text.parentElement), colour = text.parentElement.closest('svg') ? style.fill : style.color;
            for (const box of range.getClientRects())
              if (box.width >= 1 && box.right <= innerWidth)
                found.push({ text: text.data.trim(), place: [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round), colour: colour.match(/\d+/g).slice(0, 3).map(Number) });
          }
          return found;
        }
        """;

    protected override void Write()
    {
        var root = Checkout.Above(AppContext.BaseDirectory)!;
        var content = RecordFolder.Read(Path.Combine(root, "report", "published"));
        var results = content.Records.Of<ResultTable>().Select(table => $"{{{{table \"{table.Name}\"}}}}")
            .Concat(content.Records.Of<Figure>().Select(figure => $"{{{{figure \"{figure.Name}\"}}}}"));
        var digests = content.Provenance.Digests.Select(digest => $"| {digest.Key} | `{digest.Value}` |");
        string[] parts =
        [
            "# Every result of the published report", "{{comparisons \"The main claims\"}}", .. results,
            $"| Table | Digest |\n|:--|:--|\n{string.Join('\n', digests)}\n",
        ];
        File.WriteAllText(Folder.File("report.md"), string.Join("\n\n", parts));
        var published = Path.Combine(root, "data", "published");
        var template = new ReportTemplate(Path.Combine(root, "report", "templates"), Folder.File("report.md"), published);
        File.WriteAllText(Folder.File("report.html"), HtmlPage.Write(new ReportDocument(template, content)));
    }

    [InteractiveFact]
    public async Task OnAWidePage_NothingIsCut_AndNothingScrollsSideways()
    {
        var page = await OpenAsync(1100, ColorScheme.Light);

        Assert.Empty(await page.EvaluateAsync<string[]>(Cut));
        Assert.Empty(await page.EvaluateAsync<string[]>(Scrollers));
    }

    [InteractiveFact]
    public async Task OnAPhone_NothingIsCut_AndWhatScrollsSaysSo()
    {
        var page = await OpenAsync(375, ColorScheme.Light);

        Assert.Empty(await page.EvaluateAsync<string[]>(Cut));
        foreach (var box in await page.Locator(".scrolls").AllAsync())
            Assert.Contains("Scroll sideways", await box.EvaluateAsync<string>("box => getComputedStyle(box, '::before').content"));
    }

    [InteractiveFact]
    public async Task OnAPhone_EveryVerdictIsSeen_WithoutScrollingSideways()
    {
        var page = await OpenAsync(375, ColorScheme.Light);

        var ends = await page.EvaluateAsync<double[]>(
            "() => [...document.querySelectorAll('td[class^=verdict]')].map(cell => cell.getBoundingClientRect().right)");
        Assert.True(ends.Length > 20);
        Assert.All(ends, end => Assert.InRange(end, 0, 375));
    }

    [InteractiveFact]
    public async Task EveryText_Contrasts_ByDayAndInTheDark()
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await OpenAsync(1100, scheme);
            var texts = await page.EvaluateAsync<PlacedText[]>(Texts);
            using var picture = SKBitmap.Decode(await page.ScreenshotAsync(new() { FullPage = true }));

            Assert.True(texts.Length > 2000);
            string[] faint = [.. texts.Where(text => Contrast(text.Colour, Background(picture, text.Place)) < 4.5).Select(text => text.Text)];
            Assert.Empty(faint);
        }
    }

    // Glyphs cover less of a text's box than what lies behind them.
    private static int[] Background(SKBitmap picture, int[] place)
    {
        var pixels = from y in Enumerable.Range(place[1], place[3]) from x in Enumerable.Range(place[0], place[2]) select picture.GetPixel(x, y);
        var most = pixels.CountBy(pixel => pixel).MaxBy(pixel => pixel.Value).Key;
        return [most.Red, most.Green, most.Blue];
    }

    // WCAG 2.2, contrast ratio: from 1 to 21.
    private static double Contrast(int[] one, int[] other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(int[] colour) => colour
        .Select(channel => channel / 255.0)
        .Select(channel => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4))
        .Zip([0.2126, 0.7152, 0.0722], (channel, weight) => channel * weight)
        .Sum();

    private async Task<IPage> OpenAsync(int width, ColorScheme scheme)
    {
        var page = await OpenAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        await page.WaitForFunctionAsync("() => document.querySelectorAll('figure > script').length === document.querySelectorAll('figure.drawn').length");
        return page;
    }

    private sealed record PlacedText
    {
        public string Text { get; init; } = "";

        /// <summary>x, y, width, height.</summary>
        public int[] Place { get; init; } = [];

        /// <summary>Red, green, blue.</summary>
        public int[] Colour { get; init; } = [];
    }
}
