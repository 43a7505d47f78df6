using System.IO.Enumeration;
using System.Text.Json.Nodes;
using NetMQ;
using Inbox = Fgsm.Kernel.Jupyter.JupyterSockets.Inbox;

namespace Fgsm.Kernel.Jupyter;

/// <summary>A C# session behind the Jupyter protocol: five sockets, a queue of requests, one cell at a time.</summary>
internal sealed class JupyterKernel : IDisposable
{
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly JupyterSockets _sockets;
    private readonly CSharpSession _session;
    private readonly List<(int Number, string Code)> _history = [];
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();

    private volatile CancellationTokenSource? _running;
    private volatile JupyterMessage? _shown;
    private int _count;

    /// <param name="sockets">Disposed with the kernel.</param>
    public JupyterKernel(JupyterSockets sockets, string workingDirectory)
    {
        _sockets = sockets;
        _session = new CSharpSession(workingDirectory);
        _session.Output += Show;
        _session.Exiting += _sockets.Dispose;
        _ = ServeAsync(_sockets.Control);
        _ = ServeAsync(_sockets.Shell);
        Publish("status", new JsonObject { ["execution_state"] = "starting" }, parent: null);
    }

    /// <summary>Ends when a client has asked to shut down.</summary>
    public Task Shutdown => _shutdown.Task;

    /// <summary>Gets the compiler going while the client is still connecting.</summary>
    public void WarmUp() => _ = _session.EvaluateAsync("1", _closing.Token);

    /// <summary>Stops the cell that runs, if one does.</summary>
    public void Interrupt() => _running?.Cancel();

    public void Dispose()
    {
        _closing.Cancel();
        Interrupt();
        _session.Dispose();
        _sockets.Dispose();
    }

    private async Task ServeAsync(Inbox inbox)
    {
        await foreach (var request in inbox.Messages.Reader.ReadAllAsync(_closing.Token))
            await HandleAsync(inbox, request);
    }

    /// <param name="isAborted">A cell that is not run.</param>
    private async Task HandleAsync(Inbox inbox, JupyterMessage request, bool isAborted = false)
    {
        List<JupyterMessage> waiting = [];
        Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
        try
        {
            var aborted = new JsonObject { ["status"] = "aborted", ["execution_count"] = _count };
            if ((isAborted ? aborted : await AnswerAsync(request)) is { } content)
            {
                // After an error, cells that wait already are not run; what a client sends once it knows of the error is.
                if (request.Type == "execute_request" && content["status"]?.ToString() == "error" && request.Flag("stop_on_error", true))
                    while (inbox.Messages.Reader.TryRead(out var queued))
                        waiting.Add(queued);
                Reply(inbox, request, content);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A mistake in a request, or of this kernel: whoever asked hears of it and the kernel goes on.
            Reply(inbox, request, Failed(CellErrors.FromException(e, request.Type)));
        }
        finally
        {
            Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
        }
        foreach (var queued in waiting)
            await HandleAsync(inbox, queued, isAborted: queued.Type == "execute_request");
        if (request.Type == "shutdown_request")
            _shutdown.TrySetResult();
    }

    private async Task<JsonObject?> AnswerAsync(JupyterMessage request)
    {
        var code = request.Text("code");
        var cursor = CursorText.ToUtf16(code, request.Integer("cursor_pos", 0));
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo.Content();
            case "execute_request":
                return await ExecuteAsync(request);
            case "complete_request":
                var completion = await _session.CompleteAsync(code, cursor);
                return new JsonObject
                {
                    ["matches"] = new JsonArray([.. completion.Matches.Select(match => JsonValue.Create(match))]),
                    ["cursor_start"] = CursorText.FromUtf16(code, completion.Start),
                    ["cursor_end"] = CursorText.FromUtf16(code, completion.End),
                    ["metadata"] = new JsonObject(),
                };
            case "inspect_request":
                var description = await _session.DescribeAsync(code, cursor);
                return new JsonObject
                {
                    ["found"] = description is not null,
                    ["data"] = description is null ? new JsonObject() : new JsonObject { ["text/plain"] = description },
                    ["metadata"] = new JsonObject(),
                };
            case "is_complete_request":
                return CodeInsight.Status(code) is not "incomplete" and var status
                    ? new JsonObject { ["status"] = status }
                    : new JsonObject { ["status"] = "incomplete", ["indent"] = "    " };
            case "history_request":
                return History(request);
            case "comm_info_request":
                return new JsonObject { ["comms"] = new JsonObject() };
            case "interrupt_request":
                Interrupt();
                return [];
            case "shutdown_request":
                Interrupt();
                return new JsonObject { ["restart"] = request.Flag("restart", false) };
            default:
                // The protocol asks to ignore what a kernel does not know.
                return null;
        }
    }

    private async Task<JsonObject> ExecuteAsync(JupyterMessage request)
    {
        var code = request.Text("code");
        var isSilent = request.Flag("silent", false);
        if (!isSilent && request.Flag("store_history", true) && !string.IsNullOrWhiteSpace(code))
            _history.Add((++_count, code));
        if (!isSilent)
            Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = _count }, request);

        // Not disposed: who interrupts may have it in hand when the cell ends.
        var interrupt = _running = new CancellationTokenSource();
        _shown = isSilent ? null : request;
        _session.Input = request.Flag("allow_stdin", true)
            ? (prompt, isPassword) => Ask(request, prompt, isPassword, interrupt.Token)
            : null;
        JsonObject content;
        try
        {
            var error = await _session.ExecuteAsync(code, _count, $"cell {_count}", interrupt.Token);
            content = error is not null ? Failed(error)
                : new JsonObject { ["user_expressions"] = await UserExpressionsAsync(request, interrupt.Token) };
        }
        finally
        {
            _running = null;
        }
        content["execution_count"] = _count;
        content["payload"] = new JsonArray();
        return content;
    }

    private async Task<JsonObject> UserExpressionsAsync(JupyterMessage request, CancellationToken interrupt)
    {
        var values = new JsonObject();
        foreach (var (name, expression) in request.Content["user_expressions"] as JsonObject ?? [])
        {
            var (result, error) = await _session.EvaluateAsync(expression?.ToString() ?? "", interrupt);
            var data = result is null ? [] : OutputContent.Data(result);
            var value = new JsonObject { ["status"] = "ok", ["data"] = data, ["metadata"] = new JsonObject() };
            values[name] = error is null ? value : Failed(error);
        }
        return values;
    }

    private string Ask(JupyterMessage request, string prompt, bool isPassword, CancellationToken interrupt)
    {
        _session.Flush();
        var answers = _sockets.Input.Messages.Reader;
        while (answers.TryRead(out _))
        {
            // An answer to a question of an interrupted cell.
        }
        try
        {
            // A client gives its shell and its stdin one identity.
            var question = new JsonObject { ["prompt"] = prompt, ["password"] = isPassword };
            _sockets.SendAsync(_sockets.Input, JupyterMessage.Create("input_request", question, request, _id)).GetAwaiter().GetResult();
        }
        catch (HostUnreachableException e)
        {
            throw new InvalidOperationException("The client cannot be asked for input.", e);
        }
        while (true)
        {
            if (answers.ReadAsync(interrupt).AsTask().GetAwaiter().GetResult() is { Type: "input_reply" } answer)
                return answer.Text("value");
        }
    }

    private JsonObject History(JupyterMessage request)
    {
        var type = request.Text("hist_access_type");
        var (first, end) = type == "range" ? (request.Integer("start", 0), request.Integer("stop", int.MaxValue)) : (0, int.MaxValue);
        var entries = _history.Where(e => e.Number >= first && e.Number < end);
        if (type == "search")
        {
            var pattern = request.Text("pattern") is { Length: > 0 } given ? given.Replace("\\", "\\\\", StringComparison.Ordinal) : "*";
            entries = entries.Where(e => FileSystemName.MatchesSimpleExpression(pattern, e.Code, ignoreCase: false));
            if (request.Flag("unique", false))
                entries = entries.GroupBy(e => e.Code).Select(group => group.Last());
        }
        if (type != "range")
            entries = entries.TakeLast(request.Integer("n", int.MaxValue));
        var withOutput = request.Flag("output", false);
        return new JsonObject
        {
            ["history"] = new JsonArray([.. entries.Select(e => new JsonArray(0, e.Number, withOutput ? new JsonArray(e.Code, null) : e.Code))]),
        };
    }

    private void Show(CellOutput output)
    {
        if (_shown is not { } parent)
            return;
        var (type, content) = OutputContent.Of(output);
        Publish(type, content, parent);
    }

    private void Publish(string type, JsonObject content, JupyterMessage? parent)
    {
        var message = JupyterMessage.Create(type, content, parent, _id);
        _sockets.Publish(message with { Identities = [System.Text.Encoding.UTF8.GetBytes($"kernel.{_id}.{type}")] });
    }

    private void Reply(Inbox inbox, JupyterMessage request, JsonObject content)
    {
        var type = request.Type.Replace("_request", "_reply", StringComparison.Ordinal);
        content.TryAdd("status", "ok");
        _sockets.SendAsync(inbox, JupyterMessage.Create(type, content, request, _id));
    }

    private static JsonObject Failed(ErrorOutput error)
    {
        var content = OutputContent.Error(error);
        content["status"] = "error";
        return content;
    }
}
