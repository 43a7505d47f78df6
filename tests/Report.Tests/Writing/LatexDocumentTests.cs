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

    [Fact]
    public void Latex_RefersAndCitesByItsOwnMeans()
    {
        var document = SampleDocument.Create(folder);
        var (latex, content) = (LatexDocument.Write(document), LatexDocument.WriteContent(document));

        Assert.Contains("See Figure~\\ref{b.lines}, Table~\\ref{b.table} and \\cite{one2001}, \\cite{two2002}.", latex);
        Assert.Contains("\\label{b.lines}", latex);
        Assert.Contains("\\bibitem{one2001} Ann One, Bob Other and Cy Third, ", latex);
        Assert.Contains("\\tableofcontents", latex);
        Assert.Contains("and \\supercite{one2001}, \\supercite{two2002}.", content);
        Assert.DoesNotContain("\\bibitem", content);
        Assert.DoesNotContain("\\begin{document}", content);
        Assert.DoesNotContain("\\usepackage", content);
    }

    /// <summary>In a class of our own with the commands that ReScience C's class gives to an article.</summary>
    [LatexFact]
    public void ReScienceContent_OfEveryKindOfText_CompilesInItsArticle()
    {
        var document = SampleDocument.Create(folder);
        ReScienceArticle.Write(new ReportTemplate(folder.Path), document, holds: true, folder.Path);
        var article = folder.File(ReScienceArticle.Folder);
        // A real BibTeX file: its commands are TeX's own.
        File.WriteAllText(Path.Combine(article, "bibliography.bib"), "@misc{one2001, author = {Ann One}, title = {A title}}\n@misc{two2002, key = {Two}, title = {Another}}\n");
        File.WriteAllText(Path.Combine(article, "rescience.cls"), """
            \NeedsTeXFormat{LaTeX2e}
            \ProvidesClass{rescience}
            \LoadClass[a4paper,oneside,10pt]{article}
            \RequirePackage[T1]{fontenc}
            \RequirePackage[utf8]{inputenc}
            \RequirePackage{textcomp,lmodern,tabularx,graphicx,amsmath,xcolor,caption,float}
            \RequirePackage[a4paper,left=4.5cm,right=3cm,top=3cm,bottom=3.5cm]{geometry}
            \RequirePackage[colorlinks]{hyperref}
            \makeatletter
            \def\UTFviii@undefined@err#1{\fbox{\phantom{x}}}
            \makeatother
            \newcommand\supercite[1]{\textsuperscript{\cite{#1}}}
            \newcommand\printbibliography{\bibliographystyle{plain}\bibliography{bibliography}}
            """);
        File.WriteAllText(Path.Combine(article, "article.tex"), "\\documentclass{rescience}\n\\begin{document}\n\\input{content.tex}\n\\printbibliography\n\\end{document}\n");

        var first = Compile("article.tex", article);
        using var bibtex = Process.Start(new ProcessStartInfo("bibtex", ["article"]) { WorkingDirectory = article, RedirectStandardOutput = true })!;
        bibtex.StandardOutput.ReadToEnd();
        bibtex.WaitForExit();
        Compile("article.tex", article);
        var last = Compile("article.tex", article);

        Assert.True(first.Exit == 0, first.Log);
        Assert.Equal(0, bibtex.ExitCode);
        Assert.True(last.Exit == 0, last.Log);
        Assert.DoesNotContain("undefined", last.Log);
    }

    private (int Exit, string Log) Compile(string name, string? where = null)
    {
        using var process = Process.Start(new ProcessStartInfo("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name])
        {
            WorkingDirectory = where ?? folder.Path,
            RedirectStandardOutput = true,
        })!;
        var log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, log);
    }
}
