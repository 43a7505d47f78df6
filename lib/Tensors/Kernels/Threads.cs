using System.Diagnostics;

namespace Fgsm.Tensors.Kernels;

/// <summary>Runs the pieces of one op on all cores. Pieces write to separate memory, so nothing depends on who runs which.</summary>
internal static class Threads
{
    // A thread that waits first spins, for pieces are short, and then sleeps. It never yields: on a busy machine that costs milliseconds.
    private static readonly long SpinTime = Stopwatch.Frequency / 20_000;

    private static readonly Lock Busy = new();
    private static readonly List<Worker> Workers = [];
    private static readonly ManualResetEventSlim Finished = new(false, spinCount: 0);

    [ThreadStatic]
    private static bool inside;

    private static int count;

    public static int Count
    {
        get => count > 0 ? count : count = FromEnvironment();
        set => count = value;
    }

    private static int FromEnvironment()
    {
        var setting = Environment.GetEnvironmentVariable("FGSM_THREADS");
        if (string.IsNullOrEmpty(setting))
            return Environment.ProcessorCount;
        return int.TryParse(setting, out var given) && given > 0 ? given
            : throw new ArgumentException($"FGSM_THREADS is '{setting}'; expected a number of threads, 1 or more");
    }

    /// <summary>Calls <paramref name="body"/> once for each of 0 to <paramref name="pieces"/> - 1.</summary>
    public static void For(int pieces, Action<int> body)
    {
        if (pieces <= 1 || Count == 1 || inside || !Busy.TryEnter())
        {
            for (var i = 0; i < pieces; i++)
                body(i);
            return;
        }
        try
        {
            var helpers = Math.Min(Count, pieces) - 1;
            while (Workers.Count < helpers)
                Workers.Add(new Worker());
            var job = new Job(pieces, body, helpers);
            for (var i = 0; i < helpers; i++)
                Workers[i].Start(job);
            try
            {
                job.Work();
            }
            finally
            {
                // Also when this thread is being aborted: no helper may still be writing when the caller goes on.
                job.Join();
            }
        }
        finally
        {
            Busy.Exit();
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/> with ranges that together cover 0 to <paramref name="length"/>, each of <paramref name="grain"/> or
    /// less.
    /// </summary>
    public static void Ranges(int length, int grain, Action<int, int> body)
    {
        if (length <= grain)
        {
            if (length > 0)
                body(0, length);
            return;
        }
        For((length + grain - 1) / grain, i => body(i * grain, Math.Min(length, (i + 1) * grain)));
    }

    private static void Spin(Func<bool> done)
    {
        for (var start = Stopwatch.GetTimestamp(); !done() && Stopwatch.GetTimestamp() - start < SpinTime;)
            Thread.SpinWait(10);
    }

    private sealed class Job(int pieces, Action<int> body, int helpers)
    {
        private int next;
        private int working = helpers;
        private Exception? failure;

        public void Work()
        {
            inside = true;
            try
            {
                for (int i; (i = Interlocked.Increment(ref next) - 1) < pieces;)
                    body(i);
            }
            finally
            {
                inside = false;
            }
        }

        public void Help()
        {
            try
            {
                Work();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
                Volatile.Write(ref next, pieces);
            }
            finally
            {
                if (Interlocked.Decrement(ref working) == 0)
                    Finished.Set();
            }
        }

        public void Join()
        {
            // An exception or abort on this thread leaves pieces that nobody needs any more.
            Interlocked.Add(ref next, pieces);
            Spin(() => Volatile.Read(ref working) == 0);
            while (Volatile.Read(ref working) > 0)
            {
                Finished.Wait();
                // It may have been set by a job before this one.
                Finished.Reset();
            }
            if (failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private sealed class Worker
    {
        private readonly ManualResetEventSlim wake = new(false, spinCount: 0);
        private Job? job;

        public Worker() => new Thread(Loop) { IsBackground = true, Name = "Fgsm.Tensors" }.Start();

        public void Start(Job next)
        {
            job = next;
            wake.Set();
        }

        private void Loop()
        {
            while (true)
            {
                Spin(() => wake.IsSet);
                wake.Wait();
                wake.Reset();
                var current = job!;
                job = null;
                current.Help();
            }
        }
    }
}
