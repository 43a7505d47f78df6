using Fgsm.Kernel;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>What every cell can call by its bare name.</summary>
public static class Kernel
{
    /// <summary>Shows a value.</summary>
    /// <param name="mimeTypes">In which mime types; those preferred for its type where none is given.</param>
#pragma warning disable IDE1006 // Polyglot's name
    public static DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);
#pragma warning restore IDE1006

    /// <summary>Marks text as HTML, so that it is shown as it is.</summary>
    public static HtmlString HTML(string content) => new(content);

    /// <summary>Removes what the cell has shown.</summary>
    /// <param name="wait">Not before the next output arrives.</param>
    public static void ClearOutput(bool wait = false) => CSharpSession.Publish(new ClearOutput(wait));

    /// <summary>Asks the user for a line of text.</summary>
    /// <exception cref="InvalidOperationException">Nobody can be asked: the notebook runs without a client.</exception>
    public static Task<string> GetInputAsync(string prompt = "") => Task.FromResult(CSharpSession.ReadLine(prompt, isPassword: false));

    /// <summary>Asks the user for a line of text that is not shown.</summary>
    /// <exception cref="InvalidOperationException">Nobody can be asked: the notebook runs without a client.</exception>
    public static Task<string> GetPasswordAsync(string prompt = "") => Task.FromResult(CSharpSession.ReadLine(prompt, isPassword: true));
}
