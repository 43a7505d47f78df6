using System.Runtime.CompilerServices;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>A test that needs the classic Notebook server and Chromium: skipped where they are not, unless CI says they must be.</summary>
public sealed class BrowserFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Missing, test)
{
    /// <summary>Debian's browser.</summary>
    public const string Chromium = "/usr/bin/chromium";

    private static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" || File.Exists(Chromium) && File.Exists("/usr/bin/jupyter-notebook") ? null
        : "The Notebook server or Chromium is not installed (apt-get install jupyter-notebook chromium).";
}
