using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fgsm.Kernel.Tests.Jupyter;

namespace Fgsm.Benchmarks.Kernel;

/// <summary>Starts a kernel as Jupyter does, and sends it cells.</summary>
internal sealed class KernelClient : IDisposable
{
    private const string Key = "benchmark";

    private readonly Process process;
    private readonly ZmtpPeer shell;

    private KernelClient(Process process, ZmtpPeer shell) => (this.process, this.shell) = (process, shell);

    /// <param name="folder">Of its kernelspec.</param>
    /// <exception cref="IOException">It ended before it listened.</exception>
    public static KernelClient Start(string folder)
    {
        var ports = FreePorts(5);
        var connection = Path.Combine(folder, "connection.json");
        File.WriteAllText(connection, new JsonObject
        {
            ["ip"] = "127.0.0.1",
            ["transport"] = "tcp",
            ["shell_port"] = ports[0],
            ["iopub_port"] = ports[1],
            ["stdin_port"] = ports[2],
            ["control_port"] = ports[3],
            ["hb_port"] = ports[4],
            ["key"] = Key,
            ["signature_scheme"] = "hmac-sha256",
        }.ToJsonString());
        var spec = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))!;
        string[] command = [.. spec["argv"]!.AsArray().Select(part => part!.ToString().Replace("{connection_file}", connection))];
        var process = Process.Start(command[0], command[1..]);
        while (true)
        {
            try
            {
                return new KernelClient(process, ZmtpPeer.Ready(ports[0], "DEALER", "benchmark"));
            }
            catch (SocketException) when (!process.HasExited)
            {
                Thread.Sleep(5);
            }
            catch (SocketException)
            {
                throw new IOException($"the notebook kernel ended with code {process.ExitCode}");
            }
        }
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <exception cref="IOException">The cell failed.</exception>
    public void Execute(string code)
    {
        var header = new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString(),
            ["msg_type"] = "execute_request",
            ["session"] = "benchmark",
            ["username"] = "",
            ["date"] = "",
            ["version"] = "5.3",
        };
        string[] parts = [header.ToJsonString(), "{}", "{}", new JsonObject { ["code"] = code }.ToJsonString()];
        var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(string.Concat(parts)));
        var signature = Convert.ToHexStringLower(signed);
        shell.Send([.. new[] { "<IDS|MSG>", signature }.Concat(parts).Select(Encoding.UTF8.GetBytes)]);
        var content = JsonNode.Parse(shell.Receive()[^1])!;
        if (content["status"]?.ToString() != "ok")
            throw new IOException($"the notebook kernel failed at '{code}': {content.ToJsonString()}");
    }

    public void Dispose()
    {
        shell.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
