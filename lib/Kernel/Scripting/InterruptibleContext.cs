namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Runs what follows an <c>await</c> of a cell on the thread pool, as without a context (so <c>.Result</c> cannot deadlock),
/// but so that an interrupt wakes it, too.
/// </summary>
internal sealed class InterruptibleContext(CancellationToken interrupt, Action<Exception> onUnhandled) : SynchronizationContext
{
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs code on this thread; an interrupt wakes it where it sleeps or waits, if need be again and again.</summary>
    public T Run<T>(Func<T> function)
    {
        var (outer, thread, gate, isRunning) = (Current, Thread.CurrentThread, new Lock(), true);
        using var timer = new Timer(_ =>
        {
            lock (gate)
            {
                if (isRunning)
                    thread.Interrupt();
            }
        });
        using var registration = interrupt.UnsafeRegister(_ => timer.Change(WakeEvery, WakeEvery), null);
        SetSynchronizationContext(this);
        try
        {
            return function();
        }
        finally
        {
            SetSynchronizationContext(outer);
            while (isRunning)
                End();
        }

        void End()
        {
            try
            {
                lock (gate)
                    isRunning = false;
                // An interrupt that came too late is still due and would hit whatever waits next; Sleep(0) does not take it.
                if (interrupt.IsCancellationRequested)
                    Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                // That was it, or it kept the lock from being taken.
            }
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            if (!interrupt.IsCancellationRequested)
            {
                Run(() =>
                {
                    d(state);
                    return true;
                });
            }
        }
        catch (Exception e) when (interrupt.IsCancellationRequested && e is OperationCanceledException or ThreadInterruptedException)
        {
            // Interrupted: whoever waits for the cell knows.
        }
        catch (Exception e)
        {
            // An exception that an async void method let go; it must not end the process.
            onUnhandled(e);
        }
    });
}
