using System.Runtime;

namespace Fgsm.Kernel;

/// <summary>
/// Runs what follows an <c>await</c> of a cell on the thread pool, as without a context (so <c>.Result</c> cannot deadlock),
/// but so that it, too, stops when the cell is interrupted.
/// </summary>
internal sealed class AbortableContext(CancellationToken interrupt, Action<Exception> onUnhandled) : SynchronizationContext
{
    private static readonly TimeSpan s_wakeEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_abortAfter = TimeSpan.FromSeconds(2);

    /// <summary>Runs code on this thread until it ends or is interrupted, endless loops and endless waits included.</summary>
    /// <param name="action">The code; it must not call this method.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public void Run(Action action)
    {
        var outer = Current;
        var waker = new Waker(Thread.CurrentThread);
        SetSynchronizationContext(this);
        try
        {
            // Loops of cells stop by themselves and waits are woken. An abort, which can hit anywhere in any library, is the last
            // resort; it returns only when the thread is awake. (Run never returns with a token that cannot be cancelled.)
            using var abort = new CancellationTokenSource();
            using var registration = interrupt.UnsafeRegister(_ =>
            {
                waker.Start(s_wakeEvery);
                abort.CancelAfter(s_abortAfter);
            }, null);
#pragma warning disable SYSLIB0046 // Made for hosts of code such as this one; it is obsolete only to warn everybody else.
            ControlledExecution.Run(action, abort.Token);
#pragma warning restore SYSLIB0046
        }
        catch (Exception e) when (interrupt.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException(interrupt);
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
                Run(() => d(state));
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
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
