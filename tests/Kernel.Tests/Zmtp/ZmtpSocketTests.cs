using System.Net;
using System.Text;
using Fgsm.Kernel.Zmtp;

namespace Fgsm.Kernel.Tests.Zmtp;

public sealed class ZmtpSocketTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(5_000_000)]
    public void Echo_OfFramesOfAnySize_IsExact(int size)
    {
        using var socket = new EchoSocket(AnyPort);
        using var peer = ZmtpPeer.Ready(socket.EndPoint.Port, "REQ");
        var body = new byte[size];
        new Random(1).NextBytes(body);
        peer.Send([], body);
        Assert.Equal([[], body], peer.Receive());
    }

    [Fact]
    public async Task Router_AnswersThePeerThatAsked_AndKnowsItsIdentity()
    {
        using var socket = new RouterSocket(AnyPort);
        using var first = ZmtpPeer.Ready(socket.EndPoint.Port, "DEALER", "one");
        using var second = ZmtpPeer.Ready(socket.EndPoint.Port, "DEALER", "two");
        second.Send("hello"u8.ToArray(), "there"u8.ToArray());
        var (from, message) = await socket.Received.ReadAsync();
        Assert.Equal("two", Encoding.ASCII.GetString(from.Identity));
        Assert.Equal(2, message.Count);
        await from.SendAsync(["back"u8.ToArray()], default);
        Assert.Equal("back"u8.ToArray(), Assert.Single(second.Receive()));
        Assert.NotNull(socket.Find("one"u8.ToArray()));
    }

    [Fact]
    public void Publisher_SendsWhatWasSubscribedTo()
    {
        using var socket = new PublisherSocket(AnyPort);
        using var peer = ZmtpPeer.Ready(socket.EndPoint.Port, "SUB");
        peer.Send([1, (byte)'b']);
        byte[]? first = null;
        var receiving = Task.Run(() => first = peer.Receive()[0]);
        while (!receiving.IsCompleted)
        {
            socket.Publish(["apple"u8.ToArray()]);
            socket.Publish(["banana"u8.ToArray()]);
            Thread.Sleep(5);
        }
        Assert.Equal("banana"u8.ToArray(), first);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no greeting", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: somebody who is curious\r\n\r\n") },
        { "another mechanism", [.. ZmtpPeer.Greeting()[..12], .. "CURVE"u8, .. new byte[47]] },
        { "a message before READY", [.. ZmtpPeer.Greeting(), 0, 1, 1] },
        { "READY cut off", [.. ZmtpPeer.Greeting(), 4, 10, 5, .. "READY"u8, 200, 1, 1, 1] },
        { "a socket that does not fit", [.. ZmtpPeer.Greeting(), .. ZmtpPeer.Command("READY", ("Socket-Type", "PUB"))] },
        { "flags that mean nothing", [.. ZmtpPeer.Greeting(), .. ZmtpPeer.Command("READY", ("Socket-Type", "REQ")), 0xF0, 0] },
        { "a frame of 2^62 bytes", [.. ZmtpPeer.Greeting(), .. ZmtpPeer.Command("READY", ("Socket-Type", "REQ")), 2, 0x40, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void MalformedBytes_CloseThatConnectionAndNothingElse(string what, byte[] bytes)
    {
        using var socket = new EchoSocket(AnyPort);
        using var good = ZmtpPeer.Ready(socket.EndPoint.Port, "REQ");
        using var bad = new ZmtpPeer(socket.EndPoint.Port);
        bad.Write(bytes);
        Assert.True(bad.IsClosed(), what);
        good.Send("still there"u8.ToArray());
        Assert.Equal("still there"u8.ToArray(), Assert.Single(good.Receive()));
    }
}
