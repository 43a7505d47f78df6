namespace Fgsm.Tensors.Autograd;

internal static class GradMode
{
    [ThreadStatic]
    private static bool disabled;

    public static bool Enabled => !disabled;

    public static IDisposable Set(bool enabled)
    {
        var restore = new Restore(disabled);
        disabled = !enabled;
        return restore;
    }

    private sealed class Restore(bool previous) : IDisposable
    {
        public void Dispose() => disabled = previous;
    }
}
