using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace Fgsm.Kernel.Display;

/// <summary>A session as .NET Interactive's helpers and extensions see it: they show values, ask the user for input and run code.</summary>
internal sealed class SessionKernel : Microsoft.DotNet.Interactive.Kernel
{
    public SessionKernel(CSharpSession session)
        : base("csharp")
    {
        RegisterCommandHandler<RequestInput>((request, context) =>
        {
            try
            {
                context.Publish(new InputProduced(CSharpSession.ReadLine(request.Prompt, request.IsPassword), request));
            }
            catch (InvalidOperationException e)
            {
                context.Fail(request, message: e.Message);
            }
            return Task.CompletedTask;
        });
        RegisterCommandHandler<SubmitCode>((submission, _) =>
        {
            session.RunForExtension(submission.Code);
            return Task.CompletedTask;
        });
        RegisterCommandType<DisplayValue>();
    }

    /// <summary>Makes <see cref="KernelInvocationContext.Current"/> that of a cell, until the result is disposed.</summary>
    public IDisposable Begin(string code, CancellationToken interrupt)
    {
        var context = KernelInvocationContext.GetOrCreateAmbientContext(new SubmitCode(code));
        SetHandlingKernel(context, this);
        context.KernelEvents.OfType<DisplayedValueProduced>().Subscribe(shown => Displays.Show(shown.Value, shown.FormattedValues, shown.ValueId ?? Guid.NewGuid().ToString()));
        // To fail is the only public way to cancel the context's token.
        var cancellation = interrupt.UnsafeRegister(_ => context.Fail(context.Command), null);
        return new CompositeDisposable(cancellation, context);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_HandlingKernel")]
    private static extern void SetHandlingKernel(KernelInvocationContext context, Microsoft.DotNet.Interactive.Kernel kernel);
}
