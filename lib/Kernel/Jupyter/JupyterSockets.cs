using System.Threading.Channels;
using NetMQ;
using NetMQ.Sockets;

namespace Fgsm.Kernel.Jupyter;

/// <summary>The five sockets of the protocol. One thread serves them: what is sent leaves in order, what arrives waits in channels.</summary>
internal sealed class JupyterSockets : IDisposable
{
    // A reader of iopub that is this far behind loses messages rather than holding up the others.
    private const int HighWatermark = 100_000;

    // Jupyter's own limit for one message.
    private const int MaxMessageBytes = 512 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly MessageCodec _codec;
    private readonly NetMQPoller _poller = [];
    private readonly PublisherSocket _iopub = new();
    private readonly NetMQSocket[] _sockets;
    private readonly Lock _lock = new();
    private bool _closed;

    /// <exception cref="NetMQException">A port is taken, or the address is not this machine's.</exception>
    public JupyterSockets(ConnectionFile connection)
    {
        _codec = new MessageCodec(connection.Key);
        var heartbeat = new RouterSocket();
        heartbeat.ReceiveReady += (_, _) => heartbeat.TrySendMultipartBytes(heartbeat.ReceiveMultipartBytes());
        _sockets = [Shell.Socket, _iopub, Input.Socket, Control.Socket, heartbeat];
        int[] ports = [connection.ShellPort, connection.IopubPort, connection.StdinPort, connection.ControlPort, connection.HbPort];
        foreach (var (socket, port) in _sockets.Zip(ports))
        {
            socket.Options.Linger = Patience;
            socket.Options.SendHighWatermark = HighWatermark;
            socket.Options.MaxMsgSize = MaxMessageBytes;
            socket.Bind($"tcp://{connection.EndPoint(port)}");
            _poller.Add(socket);
        }
        Input.Socket.Options.RouterMandatory = true;
        foreach (var inbox in (Inbox[])[Shell, Input, Control])
        {
            // A client that connects again under its name takes its place.
            inbox.Socket.Options.RouterHandover = true;
            inbox.Socket.ReceiveReady += (_, _) =>
            {
                if (_codec.Decode(inbox.Socket.ReceiveMultipartBytes()) is { } message)
                    inbox.Messages.Writer.TryWrite(message);
            };
        }
        _poller.RunAsync("Sockets", isBackgroundThread: true);
    }

    public Inbox Shell { get; } = new();

    public Inbox Control { get; } = new();

    public Inbox Input { get; } = new();

    /// <summary>Where it listens: shell, iopub, stdin, control, heartbeat.</summary>
    public IReadOnlyList<int> Ports => [.. _sockets.Select(socket => new Uri(socket.Options.LastEndpoint!).Port)];

    /// <summary>Sends to all who listen.</summary>
    public void Publish(JupyterMessage message) => SendAsync(_iopub, message);

    /// <summary>Sends to the client whose identity the message bears. A client that has gone is passed over.</summary>
    /// <returns>Fails with a <see cref="HostUnreachableException"/> where a question for input finds no client.</returns>
    public Task SendAsync(Inbox inbox, JupyterMessage message) => SendAsync(inbox.Socket, message);

    /// <summary>Returns when what was sent before has reached the clients, or after the second that it has to do so.</summary>
    public void Dispose()
    {
        lock (_lock)
            _closed = true;
        OnPoller(() => Array.ForEach(_sockets, _poller.RemoveAndDispose)).Wait();
        _poller.Dispose();
        // Not without a limit: a cell may have sockets of its own.
        Task.Run(() => NetMQConfig.Cleanup()).Wait(Patience);
    }

    private Task SendAsync(NetMQSocket socket, JupyterMessage message)
    {
        lock (_lock)
            return _closed ? Task.CompletedTask : OnPoller(() => socket.TrySendMultipartBytes(_codec.Encode(message)));
    }

    private Task OnPoller(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, _poller);

    /// <summary>A socket that clients send messages to, and those that wait to be read.</summary>
    internal sealed class Inbox
    {
        public RouterSocket Socket { get; } = new();

        public Channel<JupyterMessage> Messages { get; } = Channel.CreateUnbounded<JupyterMessage>();
    }
}
