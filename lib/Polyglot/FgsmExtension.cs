using System.Net;
using Fgsm.Reporting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Polyglot;

/// <summary>How .NET Interactive shows the library's values. It loads this by itself from a package; a notebook that references the assembly calls <see cref="Register"/>.</summary>
public sealed class FgsmExtension : IKernelExtension
{
    public Task OnLoadAsync(Microsoft.DotNet.Interactive.Kernel kernel)
    {
        Register();
        return Task.CompletedTask;
    }

    /// <summary>Tables as data frames, figures as interactive charts, tensors as text and, where they are images, as pictures.</summary>
    public static void Register()
    {
        Formatter.Register<ResultTable>(table => table.ToDataFrame().ToDisplayString("text/html"), "text/html");
        Formatter.Register<Figure>(figure => Frame(figure) ?? figure.ToSvg(), "text/html");
        Formatter.Register<Tensor>(tensor => tensor.ToString(TorchSharp.TensorStringStyle.Default), "text/plain");
        Formatter.Register<Tensor>(tensor => tensor.ToImages()?.ToSvg() ?? $"<pre>{WebUtility.HtmlEncode(tensor.ToString(TorchSharp.TensorStringStyle.Default))}</pre>", "text/html");
        Formatter.SetPreferredMimeTypesFor(typeof(ResultTable), "text/html");
        Formatter.SetPreferredMimeTypesFor(typeof(Figure), "text/html");
        Formatter.SetPreferredMimeTypesFor(typeof(Tensor), "text/html", "text/plain");
    }

    // A page of its own: it loads plotly.js whatever scripts the notebook's own page allows.
    private static string? Frame(Figure figure) => figure.ToXPlot() is { } chart
        ? FormattableString.Invariant($"<iframe srcdoc=\"{WebUtility.HtmlEncode(chart.GetHtml())}\" width=\"{chart.Width + 20}\" height=\"{chart.Height + 20}\" style=\"border: 0\"></iframe>")
        : null;
}
