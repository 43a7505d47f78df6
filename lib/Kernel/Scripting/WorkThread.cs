using System.Collections.Concurrent;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// A thread that does one work after the other. Cells run on one: where library code does not heed an interrupt, the session leaves the thread to it and
/// goes on with another, since aborting a thread (ControlledExecution) was seen to bring down the whole process.
/// </summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public WorkThread(string name)
    {
        using (ExecutionContext.SuppressFlow())
            new Thread(() =>
            {
                // Unlike an enumerator, this holds nothing of the last work, such as a cell's variables, while it waits for the next.
                while (_work.TryTake(out var work, Timeout.Infinite))
                    work();
            }, maxStackSize: 16 << 20) { IsBackground = true, Name = name }.Start();
    }

    public Task<T> Run<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = ExecutionContext.Capture();
        _work.Add(() =>
        {
            if (caller is null)
                Work(null);
            else
                ExecutionContext.Run(caller, Work, null);
        });
        return done.Task;

        void Work(object? _)
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    public void Dispose() => _work.CompleteAdding();
}
