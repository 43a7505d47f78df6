using System.Reactive.Disposables;
using System.Runtime.ExceptionServices;

namespace Fgsm.Kernel.Scripting;

/// <summary>What cells do to the process that runs them: it lives on, or at least says who ended it.</summary>
internal static class CellFaults
{
    private static volatile CSharpSession? live;

    static CellFaults()
    {
        // A thread whose exception nobody catches ends with it; the process does not.
        ExceptionHandling.SetUnhandledExceptionHandler(exception =>
        {
            live?.ReportUnhandled(exception);
            return live is not null;
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (live is not { } session)
                return;
            using (var error = new StreamWriter(Console.OpenStandardError()))
                error.WriteLine(session.ReportExit());
            if (Environment.ExitCode == 0)
                Environment.ExitCode = 1;
        };
    }

    /// <summary>Watches over a session, whose cells may leave threads behind, until the result is disposed.</summary>
    public static IDisposable Watch(CSharpSession session)
    {
        live = session;
        return Disposable.Create(() => Interlocked.CompareExchange(ref live, null, session));
    }
}
