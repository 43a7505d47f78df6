namespace Microsoft.DotNet.Interactive;

/// <summary>Text that is HTML already and is not encoded again.</summary>
public sealed class HtmlString(string value)
{
    /// <summary>The HTML.</summary>
    public override string ToString() => value;
}
