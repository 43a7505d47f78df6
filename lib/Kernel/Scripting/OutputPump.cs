using System.Diagnostics;
using System.Text;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Takes what cells show, from any thread, and hands it on in order from a thread of its own: a cell that is aborted in the
/// middle of an output cannot harm whoever listens. Text that arrives faster than it is taken is joined, so 100,000 lines
/// become a few outputs; a cell that is far ahead is slowed down.
/// </summary>
internal sealed class OutputPump : IDisposable
{
    private const int MaxPendingBytes = 1 << 22;
    private const int BytesOfAnOutput = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly object _lock = new();
    private readonly Action<CellOutput> _handler;
    private List<CellOutput> _pending = [];
    private long _pendingBytes;
    private long _posted;
    private long _handedOn;
    private int _flushing;
    private bool _closed;

    public OutputPump(Action<CellOutput> handler)
    {
        _handler = handler;
        using (ExecutionContext.SuppressFlow())
            new Thread(Run) { IsBackground = true, Name = "Cell outputs" }.Start();
    }

    public void Post(CellOutput output)
    {
        lock (_lock)
        {
            // Not without a limit: who writes to the console holds its lock, for which a listener may be waiting.
            if (_pendingBytes > MaxPendingBytes && !_closed)
                Monitor.Wait(_lock, Pause);
            _pending.Add(output);
            _posted++;
            _pendingBytes += BytesOfAnOutput + 2 * ((output as StreamOutput)?.Text.Length ?? 0);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Returns when all that was posted before has been handed on.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            var target = _posted;
            _flushing++;
            Monitor.PulseAll(_lock);
            while (_handedOn < target && !_closed)
                Monitor.Wait(_lock);
            _flushing--;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Run()
    {
        while (Take() is { Count: > 0 } batch)
        {
            foreach (var output in Joined(batch))
                _handler(ValidText.Of(output));
            lock (_lock)
            {
                _handedOn += batch.Count;
                Monitor.PulseAll(_lock);
                var taken = Stopwatch.StartNew();
                while (_flushing == 0 && !_closed && Pause - taken.Elapsed is var left && left > TimeSpan.Zero)
                    Monitor.Wait(_lock, left);
            }
        }
    }

    private List<CellOutput> Take()
    {
        lock (_lock)
        {
            while (!_closed && (_pending.Count == 0 || (EndsInHalf && _flushing == 0)))
                Monitor.Wait(_lock);
            var taken = _pending;
            (_pending, _pendingBytes) = ([], 0);
            Monitor.PulseAll(_lock);
            return taken;
        }
    }

    /// <summary>Whether the other half of a character may come with the next write.</summary>
    private bool EndsInHalf => _pending[^1] is StreamOutput { Text: [.., var last] } && char.IsHighSurrogate(last);

    private static IEnumerable<CellOutput> Joined(List<CellOutput> outputs)
    {
        var text = new StringBuilder();
        foreach (var (output, next) in outputs.Zip(outputs.Skip(1).Append(null)))
        {
            if (output is not StreamOutput stream)
            {
                yield return output;
                continue;
            }
            text.Append(stream.Text);
            if ((next as StreamOutput)?.Name == stream.Name)
                continue;
            yield return stream with { Text = text.ToString() };
            text.Clear();
        }
    }
}
