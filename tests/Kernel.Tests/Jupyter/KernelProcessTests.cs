using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Jupyter;

/// <summary>The kernel as a client starts it: a process of its own.</summary>
public sealed class KernelProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Exit_InACell_IsToldToTheClientAndIsNoSuccess()
    {
        var ports = FreePorts(5);
        var names = new[] { "shell_port", "iopub_port", "stdin_port", "control_port", "hb_port" };
        var connection = new JsonObject(names.Select((name, i) => KeyValuePair.Create<string, JsonNode?>(name, ports[i])))
        {
            ["ip"] = "127.0.0.1",
            ["transport"] = "tcp",
            ["key"] = JupyterClient.Key,
            ["signature_scheme"] = "hmac-sha256",
        };
        var file = _folder.Write("connection.json", connection.ToJsonString());
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Fgsm.Kernel.dll"), "run", file]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            await ListensAsync(ports);
            using var client = new JupyterClient(ports);
            client.Send(client.Shell, "execute_request", new JsonObject { ["code"] = "Environment.Exit(0);" });
            var (type, content, _) = client.Reply(client.Iopub);
            while (type != "error")
                (type, content, _) = client.Reply(client.Iopub);
            const string Message = "The process was ended while cell 1 ran, by Environment.Exit or from outside.";
            Assert.Equal(Message, content["evalue"]!.ToString());
            Assert.Contains(Message, await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
            await process.WaitForExitAsync();
            Assert.Equal(1, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static async Task ListensAsync(List<int> ports)
    {
        foreach (var port in ports)
        {
            for (var isListening = false; !isListening; await Task.Delay(50))
            {
                using var probe = new TcpClient();
                isListening = await probe.ConnectAsync(IPAddress.Loopback, port).ContinueWith(connect => connect.IsCompletedSuccessfully, TaskScheduler.Default);
            }
        }
    }
}
