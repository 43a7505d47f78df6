using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fgsm.Kernel.Jupyter;

namespace Fgsm.Kernel.Tests.Jupyter;

/// <summary>A kernel and a client of it, message by message.</summary>
internal sealed class JupyterClient : IDisposable
{
    public const string Key = "a key";
    private readonly JupyterKernel? _kernel;

    /// <summary>A client of a kernel in this process.</summary>
    public JupyterClient()
        : this(new JupyterSockets(new ConnectionFile("127.0.0.1", "tcp", 0, 0, 0, 0, 0, Key, "hmac-sha256")))
    {
    }

    private JupyterClient(JupyterSockets sockets)
        : this(new JupyterKernel(sockets, Path.GetTempPath()), sockets.Ports)
    {
    }

    private JupyterClient(JupyterKernel kernel, IReadOnlyList<int> ports)
        : this(ports) => _kernel = kernel;

    /// <summary>A client of the kernel that listens there.</summary>
    public JupyterClient(IReadOnlyList<int> ports)
    {
        Ports = ports;
        Shell = ZmtpPeer.Ready(ports[0], "DEALER", "client");
        Stdin = ZmtpPeer.Ready(ports[2], "DEALER", "client");
        Control = ZmtpPeer.Ready(ports[3], "DEALER", "client");
        Iopub = ZmtpPeer.Ready(ports[1], "SUB");
        Iopub.Send([1]);
        // The subscription counts from when the kernel has read it: ask until an answer is heard.
        var heard = Task.Run(Iopub.Receive);
        while (!heard.Wait(50))
            Request("kernel_info_request", [], readIopub: false);
        var last = Send(Shell, "kernel_info_request", []);
        Reply(Shell);
        ReadIopub(last);
    }

    /// <summary>Of the kernel: shell, iopub, stdin, control, heartbeat.</summary>
    public IReadOnlyList<int> Ports { get; }

    public ZmtpPeer Shell { get; }

    public ZmtpPeer Control { get; }

    public ZmtpPeer Stdin { get; }

    public ZmtpPeer Iopub { get; }

    public JupyterKernel Kernel => _kernel!;

    /// <summary>Sends a request on the shell; its reply and what came on iopub until the kernel was idle.</summary>
    public (JsonObject Reply, List<(string Type, JsonObject Content)> Iopub) Request(string type, JsonObject content, bool readIopub = true)
    {
        var id = Send(Shell, type, content);
        var reply = Reply(Shell);
        Assert.Equal(type.Replace("_request", "_reply"), reply.Type);
        return (reply.Content, readIopub ? ReadIopub(id) : []);
    }

    public (JsonObject Reply, List<(string Type, JsonObject Content)> Iopub) Execute(string code, JsonObject? more = null)
    {
        var content = more ?? [];
        content["code"] = code;
        return Request("execute_request", content);
    }

    public string Send(ZmtpPeer socket, string type, JsonObject content, string key = Key)
    {
        var id = Guid.NewGuid().ToString();
        string[] parts = [new JsonObject { ["msg_id"] = id, ["msg_type"] = type, ["session"] = "s", ["username"] = "u", ["date"] = "", ["version"] = "5.3" }.ToJsonString(), "{}", "{}", content.ToJsonString()];
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(string.Concat(parts))));
        socket.Send([.. new[] { "<IDS|MSG>", signature }.Concat(parts).Select(Encoding.UTF8.GetBytes)]);
        return id;
    }

    public (string Type, JsonObject Content, JsonObject Parent) Reply(ZmtpPeer socket)
    {
        var frames = socket.Receive();
        var start = frames.FindIndex(f => Encoding.UTF8.GetString(f) == "<IDS|MSG>");
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), frames.Skip(start + 2).SelectMany(f => f).ToArray())), Encoding.UTF8.GetString(frames[start + 1]));
        JsonObject Part(int i) => JsonNode.Parse(frames[start + i])!.AsObject();
        return (Part(2)["msg_type"]!.ToString(), Part(5), Part(3));
    }

    /// <summary>What iopub says about one request, busy and idle included.</summary>
    public List<(string Type, JsonObject Content)> ReadIopub(string request)
    {
        var messages = new List<(string, JsonObject)>();
        while (true)
        {
            var (type, content, parent) = Reply(Iopub);
            if (parent["msg_id"]?.ToString() != request)
                continue;
            messages.Add((type, content));
            if (content["execution_state"]?.ToString() == "idle")
                return messages;
        }
    }

    public void Dispose()
    {
        foreach (var socket in new[] { Shell, Control, Stdin, Iopub })
            socket.Dispose();
        _kernel?.Dispose();
    }
}
