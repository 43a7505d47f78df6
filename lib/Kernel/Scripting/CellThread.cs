using System.Collections.Concurrent;

namespace Fgsm.Kernel;

/// <summary>
/// The thread on which a session's cells run. Where library code does not heed an interrupt, the session leaves the thread to it and goes on with another:
/// aborting a thread (ControlledExecution) was seen to bring down the whole process.
/// </summary>
internal sealed class CellThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public CellThread()
    {
        using (ExecutionContext.SuppressFlow())
            new Thread(() =>
            {
                foreach (var work in _work.GetConsumingEnumerable())
                    work();
            }, maxStackSize: 16 << 20) { IsBackground = true, Name = "Cells" }.Start();
    }

    public Task<T> Run<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = ExecutionContext.Capture();
        _work.Add(() => ExecutionContext.Run(caller!, _ =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, null));
        return done.Task;
    }

    public void Dispose() => _work.CompleteAdding();
}
