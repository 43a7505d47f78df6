using System.Buffers.Binary;
using System.Text;

namespace Fgsm.Kernel.Zmtp;

/// <summary>
/// One connection of ZMTP 3.0 (https://rfc.zeromq.org/spec/23/) over a stream, without security (mechanism NULL): greeting, handshake, then messages of
/// frames. The server side of it, which is all that a kernel needs.
/// </summary>
internal sealed class ZmtpConnection(Stream stream, string socketType) : IDisposable
{
    /// <summary>A larger frame is refused. Jupyter's own limit for one message.</summary>
    public const int MaxFrameBytes = 512 << 20;

    private const int MaxFrames = 1024;
    private const int MaxCommandBytes = 64 << 10;
    private const byte More = 1;
    private const byte Long = 2;
    private const byte Command = 4;

    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>The name that the peer gave itself; empty where it did not.</summary>
    public byte[] Identity { get; private set; } = [];

    /// <summary>Greets the peer and checks that its socket fits this one.</summary>
    /// <exception cref="ZmtpException">The peer speaks something else.</exception>
    public async Task HandshakeAsync(CancellationToken cancellation)
    {
        var greeting = new byte[64];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        "NULL"u8.CopyTo(greeting.AsSpan(12));
        await stream.WriteAsync(greeting, cancellation);
        var theirs = new byte[64];
        await stream.ReadExactlyAsync(theirs, cancellation);
        if (theirs[0] != 0xFF || (theirs[9] & 1) == 0 || theirs[10] < 3)
            throw new ZmtpException("the peer does not greet as ZMTP 3");
        if (!theirs.AsSpan(12, 20).TrimEnd((byte)0).SequenceEqual("NULL"u8))
            throw new ZmtpException("the peer wants another security mechanism than NULL");

        await stream.WriteAsync(Encode([Ready()], Command), cancellation);
        var (flags, body) = await ReadFrameAsync(MaxCommandBytes, cancellation);
        if ((flags & Command) == 0)
            throw new ZmtpException("the peer sends a message before it is ready");
        ReadReady(body);
    }

    /// <summary>The next message.</summary>
    /// <exception cref="ZmtpException">A frame is malformed or too large.</exception>
    /// <exception cref="EndOfStreamException">The peer has gone.</exception>
    public async Task<List<byte[]>> ReceiveAsync(CancellationToken cancellation)
    {
        var message = new List<byte[]>();
        var bytes = 0L;
        while (true)
        {
            var (flags, body) = await ReadFrameAsync(MaxFrameBytes, cancellation);
            if ((flags & Command) != 0)
            {
                if (message.Count > 0)
                    throw new ZmtpException("a command in the middle of a message");
                continue;
            }
            message.Add(body);
            bytes += body.Length;
            if (message.Count > MaxFrames || bytes > MaxFrameBytes)
                throw new ZmtpException("a message is too large");
            if ((flags & More) == 0)
                return message;
        }
    }

    /// <summary>Sends a message; several threads may.</summary>
    public async Task SendAsync(IReadOnlyList<byte[]> message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await stream.WriteAsync(Encode(message, flags: 0), cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => stream.Dispose();

    private byte[] Ready()
    {
        using var ready = new MemoryStream();
        ready.WriteByte(5);
        ready.Write("READY"u8);
        WriteProperty("Socket-Type", Encoding.ASCII.GetBytes(socketType));
        WriteProperty("Identity", []);
        return ready.ToArray();

        void WriteProperty(string name, byte[] value)
        {
            ready.WriteByte((byte)name.Length);
            ready.Write(Encoding.ASCII.GetBytes(name));
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
            ready.Write(length);
            ready.Write(value);
        }
    }

    private void ReadReady(ReadOnlySpan<byte> body)
    {
        if (body.Length < 6 || body[0] != 5 || !body[1..6].SequenceEqual("READY"u8))
            throw new ZmtpException("the peer does not say READY");
        body = body[6..];
        while (body.Length > 0)
        {
            var name = Take(ref body, body[0] + 1)[1..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(Take(ref body, 4));
            var value = Take(ref body, length);
            if (Encoding.ASCII.GetString(name).Equals("Identity", StringComparison.OrdinalIgnoreCase))
                Identity = value.ToArray();
            if (Encoding.ASCII.GetString(name).Equals("Socket-Type", StringComparison.OrdinalIgnoreCase) && !Fits(Encoding.ASCII.GetString(value)))
                throw new ZmtpException($"a {Encoding.ASCII.GetString(value)} socket cannot talk to a {socketType} socket");
        }
    }

    private bool Fits(string peer) => socketType switch
    {
        "ROUTER" => peer is "DEALER" or "REQ" or "ROUTER",
        "PUB" => peer is "SUB" or "XSUB",
        "REP" => peer is "REQ" or "DEALER",
        _ => false,
    };

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> body, long count)
    {
        if (count > body.Length)
            throw new ZmtpException("a property of READY is cut off");
        var taken = body[..(int)count];
        body = body[(int)count..];
        return taken;
    }

    private async Task<(byte Flags, byte[] Body)> ReadFrameAsync(long limit, CancellationToken cancellation)
    {
        var head = new byte[9];
        await stream.ReadExactlyAsync(head.AsMemory(0, 2), cancellation);
        var flags = head[0];
        if ((flags & ~(More | Long | Command)) != 0 || (flags & (More | Command)) == (More | Command))
            throw new ZmtpException("a frame has flags that mean nothing");
        ulong length = head[1];
        if ((flags & Long) != 0)
        {
            await stream.ReadExactlyAsync(head.AsMemory(2, 7), cancellation);
            length = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(1));
        }
        if (length > (ulong)limit)
            throw new ZmtpException($"a frame of {length} bytes is too large");
        return (flags, await ReadBodyAsync((int)length, cancellation));
    }

    /// <summary>Memory grows with what arrives, not with what is announced.</summary>
    private async Task<byte[]> ReadBodyAsync(int length, CancellationToken cancellation)
    {
        var body = new byte[Math.Min(length, 1 << 20)];
        var filled = 0;
        while (filled < length)
        {
            if (filled == body.Length)
                Array.Resize(ref body, (int)Math.Min(length, 2L * body.Length));
            var read = await stream.ReadAsync(body.AsMemory(filled), cancellation);
            if (read == 0)
                throw new EndOfStreamException();
            filled += read;
        }
        return body;
    }

    /// <summary>A whole message in one piece, so that it leaves in one packet where it fits.</summary>
    private static byte[] Encode(IReadOnlyList<byte[]> frames, byte flags)
    {
        using var bytes = new MemoryStream(frames.Sum(frame => frame.Length + 9));
        Span<byte> length = stackalloc byte[8];
        for (var i = 0; i < frames.Count; i++)
        {
            var more = i < frames.Count - 1 ? More : (byte)0;
            if (frames[i].Length <= byte.MaxValue)
            {
                bytes.WriteByte((byte)(flags | more));
                bytes.WriteByte((byte)frames[i].Length);
            }
            else
            {
                bytes.WriteByte((byte)(flags | more | Long));
                BinaryPrimitives.WriteInt64BigEndian(length, frames[i].Length);
                bytes.Write(length);
            }
            bytes.Write(frames[i]);
        }
        return bytes.ToArray();
    }
}
