using System.Diagnostics;

namespace Fgsm.Report.Tests;

public class LatexDocumentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Latex_OfHostileText_HasNoCommandOfItsOwn()
    {
        var latex = LatexDocument.Write(SampleDocument.Create(folder));

        Assert.DoesNotContain("\\input{/", latex);
        Assert.DoesNotContain("\\end{verbatim}", latex);
        Assert.Single(latex.Split("\\end{document}").Skip(1));
        Assert.DoesNotContain("evil.example}{", latex);
    }

    [LatexFact]
    public void Latex_OfEveryKindOfText_Compiles()
    {
        var document = SampleDocument.Create(folder);
        File.WriteAllText(folder.File("report.tex"), LatexDocument.Write(document));
        Directory.CreateDirectory(folder.File("figures"));
        // A picture to include: pdfTeX's own.
        File.WriteAllText(folder.File("figure.tex"), "\\documentclass{article}\\begin{document}x\\end{document}");
        Assert.Equal(0, Compile("figure.tex").Exit);
        foreach (var (name, _) in document.Figures)
            File.Copy(folder.File("figure.pdf"), folder.File($"figures/{name}.pdf"));

        var (exit, log) = Compile("report.tex");

        Assert.True(exit == 0, log);
        Assert.True(File.Exists(folder.File("report.pdf")));
    }

    private (int Exit, string Log) Compile(string name)
    {
        using var process = Process.Start(new ProcessStartInfo("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        })!;
        var log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, log);
    }
}
