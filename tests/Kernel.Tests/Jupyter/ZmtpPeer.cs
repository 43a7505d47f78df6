using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fgsm.Kernel.Tests.Jupyter;

/// <summary>The client side of ZMTP 3.0, written from the specification and apart from the kernel's own code.</summary>
internal sealed class ZmtpPeer : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;

    public ZmtpPeer(int port)
    {
        // Frames are written one by one: without this each waits for the answer to the one before.
        _client.NoDelay = true;
        _client.Connect(IPAddress.Loopback, port);
        _client.ReceiveTimeout = 30_000;
        _stream = _client.GetStream();
    }

    public static ZmtpPeer Ready(int port, string socketType, string identity = "")
    {
        var peer = new ZmtpPeer(port);
        peer.Write(Greeting());
        peer.ReadBytes(64);
        peer.Write(Command("READY", ("Socket-Type", socketType), ("Identity", identity)));
        peer.ReadFrame();
        return peer;
    }

    public static byte[] Greeting()
    {
        var greeting = new byte[64];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        Encoding.ASCII.GetBytes("NULL").CopyTo(greeting, 12);
        return greeting;
    }

    public static byte[] Command(string name, params (string Name, string Value)[] properties)
    {
        var body = new List<byte> { (byte)name.Length };
        body.AddRange(Encoding.ASCII.GetBytes(name));
        foreach (var property in properties)
        {
            body.Add((byte)property.Name.Length);
            body.AddRange(Encoding.ASCII.GetBytes(property.Name));
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, property.Value.Length);
            body.AddRange(length);
            body.AddRange(Encoding.ASCII.GetBytes(property.Value));
        }
        return [4, (byte)body.Count, .. body];
    }

    public void Send(params byte[][] frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            var more = (byte)(i < frames.Length - 1 ? 1 : 0);
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, frames[i].Length);
            Write([.. frames[i].Length > 255 ? [(byte)(more | 2), .. length] : new[] { more, (byte)frames[i].Length }, .. frames[i]]);
        }
    }

    public List<byte[]> Receive()
    {
        var message = new List<byte[]>();
        while (true)
        {
            var (flags, body) = ReadFrame();
            message.Add(body);
            if ((flags & 1) == 0)
                return message;
        }
    }

    public void Write(byte[] bytes) => _stream.Write(bytes);

    /// <summary>Whether the other side has closed the connection.</summary>
    public bool IsClosed()
    {
        try
        {
            var buffer = new byte[4096];
            while (_stream.Read(buffer) > 0)
            {
                // What it had sent before.
            }
            return true;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private (byte Flags, byte[] Body) ReadFrame()
    {
        var flags = ReadBytes(1)[0];
        var length = (flags & 2) != 0 ? BinaryPrimitives.ReadInt64BigEndian(ReadBytes(8)) : ReadBytes(1)[0];
        return (flags, ReadBytes((int)length));
    }

    private byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
