using Fgsm.Kernel;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>A value on display, which can be replaced where it stands.</summary>
public sealed class DisplayedValue
{
    private readonly IReadOnlyCollection<string> _mimeTypes;

    internal DisplayedValue(object? value, IReadOnlyDictionary<string, string> data)
    {
        Value = value;
        _mimeTypes = [.. data.Keys];
        CSharpSession.Publish(new DisplayOutput(data, DisplayId));
    }

    /// <summary>The name of this display among all displays.</summary>
    public string DisplayId { get; } = Guid.NewGuid().ToString();

    /// <summary>What is shown now.</summary>
    public object? Value { get; private set; }

    /// <summary>Shows another value in place of this one, in the same mime types.</summary>
    public void Update(object? updatedValue)
    {
        Value = updatedValue;
        CSharpSession.Publish(new DisplayUpdate(Formatter.Bundle(updatedValue, _mimeTypes), DisplayId));
    }
}
