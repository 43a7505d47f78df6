using System.Collections.Concurrent;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// A thread that does one work after the other. Cells run on one: where library code does not heed an interrupt, the session leaves the thread to it and
/// goes on with another, since aborting a thread (ControlledExecution) was seen to bring down the whole process.
/// </summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Task> _work = [];
    private readonly Thread _thread;

    public WorkThread(string name)
    {
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
                work.RunSynchronously(TaskScheduler.Default);
        }, maxStackSize: 16 << 20) { IsBackground = true, Name = name };
        using (ExecutionContext.SuppressFlow())
            _thread.Start();
    }

    public Task<T> Run<T>(Func<T> function)
    {
        var work = new Task<T>(function, TaskCreationOptions.RunContinuationsAsynchronously | TaskCreationOptions.DenyChildAttach);
        _work.Add(work);
        return work;
    }

    /// <summary>Begins no work any more.</summary>
    public void Dispose() => _work.CompleteAdding();

    /// <summary>After <see cref="Dispose"/>, waits a moment for the thread to let go of its last work, which may hold all variables of a session.</summary>
    public void Join(int milliseconds) => _thread.Join(milliseconds);
}
