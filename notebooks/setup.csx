// What every notebook starts with. The built library: "dotnet build -c Release" makes it.
#r "../lib/Fgsm/bin/Release/net10.0/Fgsm.dll"
#r "../lib/Fgsm/bin/Release/net10.0/Fgsm.Tensors.dll"

using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Reporting;
using Fgsm.Tensors;
using Fgsm.Training;
using Microsoft.DotNet.Interactive.Formatting;
using static Fgsm.Tensors.torch;

// Tables and figures are shown where they are recorded, and the record itself travels beside them for the report.
Formatter.Register<ResultTable>(table => table.ToHtml(), "text/html");
Formatter.Register<ResultTable>(table => table.ToText(), "text/plain");
Formatter.Register<Figure>(figure => figure.ToSvg(), "image/svg+xml");
Formatter.Register<Figure>(figure => figure.Title, "text/plain");
Formatter.SetPreferredMimeTypesFor(typeof(ResultTable), "text/html", "text/plain");
Formatter.SetPreferredMimeTypesFor(typeof(Figure), "image/svg+xml", "text/plain");

Formatter.Register<ResultRecord>(record => record.ToJson(), ResultRecord.MimeType);
Formatter.Register<ResultRecord>(record => record.Value.ToDisplayString("text/html"), "text/html");
Formatter.Register<ResultRecord>(record => record.Value.ToDisplayString("image/svg+xml"), "image/svg+xml");
Formatter.Register<ResultRecord>(record => record.Value is ResultTable or Figure ? record.Value.ToDisplayString("text/plain") : FormattableString.Invariant($"{record.Name} = {record.Value}"), "text/plain");

Results.Recorded = record =>
{
    switch (record.Kind)
    {
        case "table": record.Display("text/html", "text/plain", ResultRecord.MimeType); break;
        case "figure": record.Display("image/svg+xml", "text/plain", ResultRecord.MimeType); break;
        default: record.Display("text/plain", ResultRecord.MimeType); break;
    }
};

// A progress bar that moves in place.
Formatter.Register<Progress>(p => p.ToJson(), Progress.MimeType);
Formatter.Register<Progress>(p => p.ToText(), "text/plain");
Formatter.Register<Progress>(p => FormattableString.Invariant($"<progress max='1' value='{p.Fraction():0.###}'></progress> {System.Net.WebUtility.HtmlEncode(p.ToText())}"), "text/html");

class ProgressBar : IProgress<Progress>
{
    private DisplayedValue display;

    public void Report(Progress value)
    {
        if (display is null)
            display = value.Display("text/html", "text/plain", Progress.MimeType);
        else
            display.Update(value);
    }
}
