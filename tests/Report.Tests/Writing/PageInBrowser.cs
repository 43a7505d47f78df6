using Microsoft.Playwright;

namespace Fgsm.Report.Tests;

/// <summary>A page that a test writes into a folder as report.html, opened in a browser from this file.</summary>
public abstract class PageInBrowser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal TemporaryFolder Folder { get; } = new();

    internal string Address => new Uri(Folder.File("report.html")).AbsoluteUri;

    /// <summary>Writes the page.</summary>
    protected abstract void Write();

    public Task InitializeAsync()
    {
        Write();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        Folder.Dispose();
    }

    /// <param name="watch">Called before the page is loaded.</param>
    internal async Task<IPage> OpenAsync(BrowserNewContextOptions? options = null, Action<IPage>? watch = null)
    {
        playwright ??= await Playwright.CreateAsync();
        browser ??= await playwright.Chromium.LaunchAsync(new() { ExecutablePath = PdfPrinter.FindBrowser(), Args = ["--no-sandbox"] });
        var context = await browser.NewContextAsync(options ?? new());
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(90_000);
        Assertions.SetDefaultExpectTimeout(90_000);
        watch?.Invoke(page);
        await page.GotoAsync(Address);
        return page;
    }
}
