using System.Reflection;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Jupyter;

/// <summary>How the kernel introduces itself.</summary>
internal static class KernelInfo
{
    public const string Language = "C#";
    public const string LanguageVersion = "14.0";
    public const string DisplayName = ".NET (C#)";

    public static string Version => typeof(KernelInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static JsonObject Content() => new()
    {
        ["protocol_version"] = JupyterMessage.ProtocolVersion,
        ["implementation"] = "Fgsm.Kernel",
        ["implementation_version"] = Version,
        ["language_info"] = new JsonObject
        {
            ["name"] = Language,
            ["version"] = LanguageVersion,
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        },
        ["banner"] = $"Fgsm.Kernel {Version}: C# on .NET {Environment.Version}",
        ["help_links"] = new JsonArray(),
        ["debugger"] = false,
    };
}
