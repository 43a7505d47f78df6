namespace Fgsm.Tensors.Autograd
{
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
}

namespace Fgsm.Tensors
{
    public static partial class torch
    {
        /// <summary>No gradient graph is recorded on this thread until the result is disposed.</summary>
        public static IDisposable no_grad() => Autograd.GradMode.Set(false);

        /// <summary>Gradients are recorded again inside a <see cref="no_grad"/> block.</summary>
        public static IDisposable enable_grad(bool enabled = true) => Autograd.GradMode.Set(enabled);

        public static bool is_grad_enabled() => Autograd.GradMode.Enabled;
    }
}
