using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fgsm.Kernel.Zmtp;

namespace Fgsm.Kernel.Jupyter;

/// <summary>A C# session behind the Jupyter protocol: five sockets, a queue of requests, one cell at a time.</summary>
internal sealed class JupyterKernel : IDisposable
{
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly MessageCodec _codec;
    private readonly RouterSocket _shell;
    private readonly RouterSocket _control;
    private readonly RouterSocket _stdin;
    private readonly PublisherSocket _iopub;
    private readonly EchoSocket _heartbeat;
    private readonly CSharpSession _session;
    private readonly List<(int Number, string Code)> _history = [];
    private readonly TaskCompletionSource<bool> _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();

    private CancellationTokenSource? _running;
    private JupyterMessage? _parent;
    private bool _isSilent;
    private int _count;

    public JupyterKernel(ConnectionFile connection, string workingDirectory)
    {
        _codec = new MessageCodec(connection.Key);
        _session = new CSharpSession(workingDirectory);
        _session.Output += Show;
        _session.Exiting += () => _iopub!.DrainAsync().Wait(TimeSpan.FromSeconds(1));
        _iopub = new PublisherSocket(connection.EndPoint(connection.IopubPort));
        _heartbeat = new EchoSocket(connection.EndPoint(connection.HeartbeatPort));
        _stdin = new RouterSocket(connection.EndPoint(connection.StdinPort));
        _control = new RouterSocket(connection.EndPoint(connection.ControlPort));
        _shell = new RouterSocket(connection.EndPoint(connection.ShellPort));
        _ = ServeAsync(_control);
        _ = ServeAsync(_shell);
        Publish("status", new JsonObject { ["execution_state"] = "starting" }, parent: null);
    }

    /// <summary>Where it listens: shell, iopub, stdin, control, heartbeat.</summary>
    public IReadOnlyList<int> Ports => [_shell.EndPoint.Port, _iopub.EndPoint.Port, _stdin.EndPoint.Port, _control.EndPoint.Port, _heartbeat.EndPoint.Port];

    /// <summary>Ends when a client has asked to shut down.</summary>
    public Task Shutdown => _shutdown.Task;

    /// <summary>Gets the compiler going while the client is still connecting.</summary>
    public void WarmUp() => _ = _session.EvaluateAsync("1", _closing.Token);

    /// <summary>Stops the cell that runs, if one does.</summary>
    public void Interrupt()
    {
        lock (_lock)
            _running?.Cancel();
    }

    public void Dispose()
    {
        _closing.Cancel();
        Interrupt();
        _session.Dispose();
        foreach (var socket in new ZmtpSocket[] { _shell, _control, _stdin, _iopub, _heartbeat })
            socket.Dispose();
    }

    private async Task ServeAsync(RouterSocket socket)
    {
        try
        {
            await foreach (var (from, frames) in socket.Received.ReadAllAsync(_closing.Token))
            {
                if (_codec.Decode(frames) is { } request)
                    await HandleAsync(socket, from, request);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Closed.
        }
    }

    private async Task HandleAsync(RouterSocket socket, ZmtpConnection from, JupyterMessage request)
    {
        List<(ZmtpConnection From, List<byte[]> Message)> waiting = [];
        Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
        try
        {
            if (await AnswerAsync(from, request) is { } content)
            {
                // After an error, cells that wait already are not run; what a client sends once it knows of the error is.
                if (request.Type == "execute_request" && content["status"]!.GetValue<string>() == "error" && request.Flag("stop_on_error", true))
                    while (socket.Received.TryRead(out var queued))
                        waiting.Add(queued);
                await ReplyAsync(from, request, content);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A mistake in a request, or of this kernel: whoever asked hears of it and the kernel goes on.
            await ReplyAsync(from, request, ErrorContent(CellErrors.FromException(e, request.Type)));
        }
        finally
        {
            Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
        }
        await AbortAsync(socket, waiting);
        if (request.Type == "shutdown_request")
        {
            await _iopub.DrainAsync();
            _shutdown.TrySetResult(true);
        }
    }

    private async Task<JsonObject?> AnswerAsync(ZmtpConnection from, JupyterMessage request)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo.Content();
            case "execute_request":
                return await ExecuteAsync(from, request);
            case "complete_request":
                var completion = await _session.CompleteAsync(request.Text("code"), CursorText.ToUtf16(request.Text("code"), request.Integer("cursor_pos", 0)));
                return Ok(new JsonObject
                {
                    ["matches"] = new JsonArray([.. completion.Matches.Select(match => JsonValue.Create(match))]),
                    ["cursor_start"] = CursorText.FromUtf16(request.Text("code"), completion.Start),
                    ["cursor_end"] = CursorText.FromUtf16(request.Text("code"), completion.End),
                    ["metadata"] = new JsonObject(),
                });
            case "inspect_request":
                var description = await _session.DescribeAsync(request.Text("code"), CursorText.ToUtf16(request.Text("code"), request.Integer("cursor_pos", 0)));
                return Ok(new JsonObject
                {
                    ["found"] = description is not null,
                    ["data"] = description is null ? new JsonObject() : new JsonObject { ["text/plain"] = description },
                    ["metadata"] = new JsonObject(),
                });
            case "is_complete_request":
                return Completeness.Content(request.Text("code"));
            case "history_request":
                return History(request);
            case "comm_info_request":
                return Ok(new JsonObject { ["comms"] = new JsonObject() });
            case "interrupt_request":
                Interrupt();
                return Ok([]);
            case "shutdown_request":
                Interrupt();
                return Ok(new JsonObject { ["restart"] = request.Flag("restart", false) });
            default:
                // The protocol asks to ignore what a kernel does not know.
                return null;
        }
    }

    private async Task<JsonObject> ExecuteAsync(ZmtpConnection from, JupyterMessage request)
    {
        var code = request.Text("code");
        var isSilent = request.Flag("silent", false);
        var isCounted = !isSilent && request.Flag("store_history", true) && !string.IsNullOrWhiteSpace(code);
        if (isCounted)
        {
            _count++;
            _history.Add((_count, code));
        }
        if (!isSilent)
            Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = _count }, request);

        using var interrupt = new CancellationTokenSource();
        lock (_lock)
        {
            _running = interrupt;
            _parent = request;
            _isSilent = isSilent;
        }
        _session.Input = request.Flag("allow_stdin", true) ? (prompt, isPassword) => Ask(from, request, prompt, isPassword, interrupt.Token) : null;
        ErrorOutput? error;
        try
        {
            error = await _session.ExecuteAsync(code, _count, $"cell {_count}", interrupt.Token);
            if (error is null)
                return Ok(new JsonObject { ["execution_count"] = _count, ["payload"] = new JsonArray(), ["user_expressions"] = await UserExpressionsAsync(request, interrupt.Token) });
        }
        finally
        {
            lock (_lock)
                _running = null;
        }
        var content = ErrorContent(error);
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
            values[name] = error is not null ? ErrorContent(error)
                : Ok(new JsonObject { ["data"] = Data(result ?? new Dictionary<string, string>()), ["metadata"] = new JsonObject() });
        }
        return values;
    }

    /// <summary>Tells that cells are not run; other requests are answered.</summary>
    private async Task AbortAsync(RouterSocket socket, List<(ZmtpConnection From, List<byte[]> Message)> waiting)
    {
        foreach (var queued in waiting)
        {
            if (_codec.Decode(queued.Message) is not { } request)
                continue;
            if (request.Type != "execute_request")
            {
                await HandleAsync(socket, queued.From, request);
                continue;
            }
            Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
            await ReplyAsync(queued.From, request, new JsonObject { ["status"] = "aborted", ["execution_count"] = _count });
            Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
        }
    }

    private string Ask(ZmtpConnection from, JupyterMessage request, string prompt, bool isPassword, CancellationToken interrupt)
    {
        // A client gives its shell and its stdin one identity.
        var client = _stdin.Find(from.Identity) ?? throw new InvalidOperationException("The client cannot be asked for input.");
        _session.Flush();
        while (_stdin.Received.TryRead(out _))
        {
            // An answer to a question of an interrupted cell.
        }
        var question = JupyterMessage.Create("input_request", new JsonObject { ["prompt"] = prompt, ["password"] = isPassword }, request, _id);
        client.SendAsync(_codec.Encode(question), _closing.Token).Wait();
        while (true)
        {
            var (_, frames) = _stdin.Received.ReadAsync(interrupt).AsTask().GetAwaiter().GetResult();
            if (_codec.Decode(frames) is { Type: "input_reply" } answer)
                return answer.Text("value");
        }
    }

    private JsonObject History(JupyterMessage request)
    {
        IEnumerable<(int Number, string Code)> entries = _history;
        var count = request.Integer("n", int.MaxValue);
        switch (request.Text("hist_access_type"))
        {
            case "range":
                entries = entries.Where(e => e.Number >= request.Integer("start", 0) && e.Number < request.Integer("stop", int.MaxValue));
                break;
            case "search":
                var pattern = request.Text("pattern") is "" ? "*" : request.Text("pattern");
                entries = entries.Where(e => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), e.Code, ignoreCase: false));
                if (request.Flag("unique", false))
                    entries = entries.GroupBy(e => e.Code).Select(group => group.Last());
                entries = entries.TakeLast(count);
                break;
            default:
                entries = entries.TakeLast(count);
                break;
        }
        var withOutput = request.Flag("output", false);
        return Ok(new JsonObject
        {
            ["history"] = new JsonArray([.. entries.Select(e => new JsonArray(0, e.Number, withOutput ? new JsonArray(e.Code, null) : e.Code))]),
        });
    }

    private void Show(CellOutput output)
    {
        JupyterMessage? parent;
        lock (_lock)
        {
            if (_isSilent)
                return;
            parent = _parent;
        }
        switch (output)
        {
            case StreamOutput stream:
                Publish("stream", new JsonObject { ["name"] = stream.Name, ["text"] = stream.Text }, parent);
                break;
            case DisplayOutput display:
                Publish("display_data", Display(display.Data, display.DisplayId), parent);
                break;
            case DisplayUpdate update:
                Publish("update_display_data", Display(update.Data, update.DisplayId), parent);
                break;
            case ResultOutput result:
                Publish("execute_result", new JsonObject { ["execution_count"] = result.ExecutionCount, ["data"] = Data(result.Data), ["metadata"] = new JsonObject() }, parent);
                break;
            case ErrorOutput error:
                var content = ErrorContent(error);
                content.Remove("status");
                Publish("error", content, parent);
                break;
        }
    }

    private void Publish(string type, JsonObject content, JupyterMessage? parent)
    {
        var message = JupyterMessage.Create(type, content, parent, _id);
        _iopub.Publish(_codec.Encode(message with { Identities = [System.Text.Encoding.UTF8.GetBytes($"kernel.{_id}.{type}")] }));
    }

    private async Task ReplyAsync(ZmtpConnection to, JupyterMessage request, JsonObject content)
    {
        try
        {
            await to.SendAsync(_codec.Encode(JupyterMessage.Create(request.Type.Replace("_request", "_reply", StringComparison.Ordinal), content, request, _id)), _closing.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Who asked has gone.
        }
    }

    private static JsonObject Ok(JsonObject content)
    {
        content["status"] = "ok";
        return content;
    }

    private static JsonObject ErrorContent(ErrorOutput error) => new()
    {
        ["status"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
    };

    private static JsonObject Display(IReadOnlyDictionary<string, string> data, string id) => new()
    {
        ["data"] = Data(data),
        ["metadata"] = new JsonObject(),
        ["transient"] = new JsonObject { ["display_id"] = id },
    };

    private static JsonObject Data(IReadOnlyDictionary<string, string> data) =>
        new(data.Select(item => KeyValuePair.Create(item.Key, MimeContent.IsJson(item.Key) ? MimeContent.Parse(item.Value) : JsonValue.Create(item.Value))));
}
