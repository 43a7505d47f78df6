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
    private const int MaxPendingCharacters = 1 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly object _lock = new();
    private readonly Action<CellOutput> _handler;
    private List<CellOutput> _pending = [];
    private StringBuilder _text = new();
    private string _stream = "";
    private long _pendingCharacters;
    private long _batchesTaken;
    private long _batchesPublished;
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
            if (_pendingCharacters > MaxPendingCharacters && !_closed)
                Monitor.Wait(_lock, Pause);
            if (output is StreamOutput text)
            {
                if (text.Name != _stream)
                    EndText();
                _stream = text.Name;
                _text.Append(text.Text);
                _pendingCharacters += text.Text.Length;
            }
            else
            {
                EndText();
                _pending.Add(output);
                _pendingCharacters++;
            }
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Returns when all that was posted before has been handed on.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            var target = _batchesTaken + (_pendingCharacters > 0 ? 1 : 0);
            _flushing++;
            Monitor.PulseAll(_lock);
            while (_batchesPublished < target && !_closed)
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

    private bool EndsInHalf => _text.Length > 0 && char.IsHighSurrogate(_text[^1]);

    private void EndText()
    {
        if (_text.Length > 0)
            _pending.Add(new StreamOutput(_stream, _text.ToString()));
        _text = new StringBuilder();
    }

    private void Run()
    {
        while (Take() is { } batch)
        {
            foreach (var output in batch)
                _handler(ValidText.Of(output));
            lock (_lock)
            {
                _batchesPublished++;
                Monitor.PulseAll(_lock);
                var taken = Stopwatch.StartNew();
                while (_flushing == 0 && !_closed && Pause - taken.Elapsed is var left && left > TimeSpan.Zero)
                    Monitor.Wait(_lock, left);
            }
        }
    }

    private List<CellOutput>? Take()
    {
        lock (_lock)
        {
            while (_pendingCharacters == 0 || (_pending.Count == 0 && _text.Length == 1 && EndsInHalf && _flushing == 0))
            {
                if (_closed)
                    return null;
                Monitor.Wait(_lock);
            }
            // The other half of a character may come with the next write.
            var half = EndsInHalf && _flushing == 0 ? _text[^1] : (char?)null;
            if (half is not null)
                _text.Length--;
            EndText();
            _text.Append(half);
            var batch = _pending;
            _pending = [];
            _pendingCharacters = _text.Length;
            _batchesTaken++;
            Monitor.PulseAll(_lock);
            return batch;
        }
    }
}
