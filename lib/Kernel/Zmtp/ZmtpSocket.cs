using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Fgsm.Kernel.Zmtp;

/// <summary>A socket that listens and serves many peers. A peer that breaks the protocol loses its connection; the others notice nothing.</summary>
internal abstract class ZmtpSocket : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closing = new();

    protected ZmtpSocket(IPEndPoint endpoint, string type)
    {
        _listener = new TcpListener(endpoint);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _ = AcceptAsync(type);
    }

    /// <summary>The address and port bound.</summary>
    public IPEndPoint EndPoint { get; }

    protected CancellationToken Closing => _closing.Token;

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
    }

    /// <summary>Serves a peer until it goes.</summary>
    protected abstract Task ServeAsync(ZmtpConnection connection);

    private async Task AcceptAsync(string type)
    {
        try
        {
            while (true)
            {
                try
                {
                    _ = ConnectAsync(await _listener.AcceptSocketAsync(Closing), type);
                }
                catch (SocketException) when (!Closing.IsCancellationRequested)
                {
                    // One peer, or a shortage; the next may get through.
                    await Task.Delay(100, Closing);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ConnectAsync(Socket socket, string type)
    {
        try
        {
            socket.NoDelay = true;
            using var connection = new ZmtpConnection(new NetworkStream(socket, ownsSocket: true), type);
            await connection.HandshakeAsync(Closing);
            await ServeAsync(connection);
        }
        catch (Exception e) when (e is ZmtpException or IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // This peer has gone or never spoke ZMTP.
        }
    }
}

/// <summary>Answers whoever asked.</summary>
internal sealed class RouterSocket(IPEndPoint endpoint) : ZmtpSocket(endpoint, "ROUTER")
{
    private readonly ConcurrentDictionary<ZmtpConnection, bool> _connections = new();
    private readonly Channel<(ZmtpConnection From, List<byte[]> Message)> _received = Channel.CreateBounded<(ZmtpConnection, List<byte[]>)>(1000);

    /// <summary>What has arrived, with the connection to answer to.</summary>
    public ChannelReader<(ZmtpConnection From, List<byte[]> Message)> Received => _received.Reader;

    /// <summary>The connection of the peer with this identity, if it is there.</summary>
    public ZmtpConnection? Find(byte[] identity) => _connections.Keys.FirstOrDefault(c => c.Identity.AsSpan().SequenceEqual(identity));

    protected override async Task ServeAsync(ZmtpConnection connection)
    {
        _connections[connection] = true;
        try
        {
            while (true)
                await _received.Writer.WriteAsync((connection, await connection.ReceiveAsync(Closing)), Closing);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }
}

/// <summary>Sends back what it gets: a heartbeat.</summary>
internal sealed class EchoSocket(IPEndPoint endpoint) : ZmtpSocket(endpoint, "REP")
{
    protected override async Task ServeAsync(ZmtpConnection connection)
    {
        while (true)
            await connection.SendAsync(await connection.ReceiveAsync(Closing), Closing);
    }
}

/// <summary>Sends every message to all peers that have subscribed to it.</summary>
internal sealed class PublisherSocket(IPEndPoint endpoint) : ZmtpSocket(endpoint, "PUB")
{
    // A reader this far behind loses messages, as with any PUB socket, rather than holding up the others.
    private const int HighWaterMark = 100_000;

    private readonly ConcurrentDictionary<ZmtpConnection, Subscriber> _subscribers = new();

    public void Publish(IReadOnlyList<byte[]> message)
    {
        foreach (var subscriber in _subscribers.Values)
        {
            if (subscriber.Wants(message[0]))
                subscriber.Queue.Writer.TryWrite(message);
        }
    }

    /// <summary>Returns when all that was published is on its way, or soon.</summary>
    public async Task DrainAsync()
    {
        for (var i = 0; i < 100 && _subscribers.Values.Any(s => s.Queue.Reader.Count > 0); i++)
            await Task.Delay(10);
    }

    protected override async Task ServeAsync(ZmtpConnection connection)
    {
        var subscriber = new Subscriber();
        _subscribers[connection] = subscriber;
        try
        {
            var sending = SendAsync(connection, subscriber);
            while (!sending.IsCompleted)
                subscriber.Change((await connection.ReceiveAsync(Closing))[0]);
        }
        finally
        {
            _subscribers.TryRemove(connection, out _);
            subscriber.Queue.Writer.TryComplete();
        }
    }

    private async Task SendAsync(ZmtpConnection connection, Subscriber subscriber)
    {
        try
        {
            await foreach (var message in subscriber.Queue.Reader.ReadAllAsync(Closing))
                await connection.SendAsync(message, Closing);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            connection.Dispose();
        }
    }

    private sealed class Subscriber
    {
        private readonly List<byte[]> _prefixes = [];

        public Channel<IReadOnlyList<byte[]>> Queue { get; } = Channel.CreateBounded<IReadOnlyList<byte[]>>(HighWaterMark);

        /// <summary>A subscription is a 1 and a prefix, its end a 0 and the prefix.</summary>
        public void Change(byte[] message)
        {
            lock (_prefixes)
            {
                if (message is [1, ..])
                    _prefixes.Add(message[1..]);
                else if (message is [0, ..] && _prefixes.FindIndex(p => p.AsSpan().SequenceEqual(message.AsSpan(1))) is >= 0 and var index)
                    _prefixes.RemoveAt(index);
            }
        }

        public bool Wants(byte[] topic)
        {
            lock (_prefixes)
                return _prefixes.Any(prefix => topic.AsSpan().StartsWith(prefix));
        }
    }
}
