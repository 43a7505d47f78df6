namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Runs what follows an <c>await</c> of a cell on the thread pool, as without a context (so <c>.Result</c> cannot deadlock),
/// but so that an interrupt wakes it, too.
/// </summary>
internal sealed class InterruptibleContext(CancellationToken interrupt, Action<Exception> onUnhandled) : SynchronizationContext
{
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs code on this thread; an interrupt wakes it where it sleeps or waits.</summary>
    public T Run<T>(Func<T> function)
    {
        var outer = Current;
        var waker = new Waker(Thread.CurrentThread);
        SetSynchronizationContext(this);
        try
        {
            using var registration = interrupt.UnsafeRegister(_ => waker.Start(WakeEvery), null);
            return function();
        }
        finally
        {
            waker.Stop();
            SetSynchronizationContext(outer);
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

    /// <summary>Wakes a thread that sleeps or waits, if need be again and again.</summary>
    private sealed class Waker(Thread thread)
    {
        private readonly Lock _lock = new();
        private Timer? _timer;
        private bool _stopped;

        public void Start(TimeSpan period)
        {
            lock (_lock)
            {
                if (!_stopped)
                    _timer = new Timer(_ => Wake(), null, period, period);
            }
        }

        public void Stop()
        {
            while (true)
            {
                try
                {
                    lock (_lock)
                    {
                        _stopped = true;
                        _timer?.Dispose();
                    }
                    // An interrupt that came too late is still due and would hit whatever waits next; Sleep(0) does not take it.
                    if (_timer is not null)
                        Thread.Sleep(1);
                    return;
                }
                catch (ThreadInterruptedException)
                {
                    // That was it.
                }
            }
        }

        private void Wake()
        {
            lock (_lock)
            {
                if (!_stopped)
                    thread.Interrupt();
            }
        }
    }
}
