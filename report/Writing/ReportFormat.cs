namespace Fgsm.Report.Writing;

/// <summary>The forms in which a report can be written.</summary>
internal enum ReportFormat
{
    /// <summary>Markdown with the figures beside it, for a code host.</summary>
    Md,

    /// <summary>One HTML file that needs nothing else.</summary>
    Html,

    /// <summary>LaTeX with the figures as PDF.</summary>
    Latex,

    /// <summary>The HTML page, printed.</summary>
    Pdf,

    /// <summary>Word.</summary>
    Docx,

    /// <summary>What goes into the template of the journal ReScience C.</summary>
    ReScience,
}
