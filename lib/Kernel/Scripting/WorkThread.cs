using System.Collections.Concurrent;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// A thread that does one work after the other. Cells run on one: where library code does not heed an interrupt, the session leaves the thread to it and
/// goes on with another, since aborting a thread (ControlledExecution) was seen to bring down the whole process.
/// </summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Task> _work = [];

    public WorkThread(string name)
    {
        using (ExecutionContext.SuppressFlow())
            new Thread(() =>
            {
                foreach (var work in _work.GetConsumingEnumerable())
                    work.RunSynchronously(TaskScheduler.Default);
            }, maxStackSize: 16 << 20) { IsBackground = true, Name = name }.Start();
    }

    public Task<T> Run<T>(Func<T> function)
    {
        var work = new Task<T>(function, TaskCreationOptions.RunContinuationsAsynchronously | TaskCreationOptions.DenyChildAttach);
        _work.Add(work);
        return work;
    }

    public void Dispose() => _work.CompleteAdding();
}
