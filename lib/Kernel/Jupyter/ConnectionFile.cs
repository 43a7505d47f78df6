using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fgsm.Kernel.Jupyter;

/// <summary>Where to listen and which key to sign with, as a Jupyter client hands it over.</summary>
internal sealed record ConnectionFile(
    [property: JsonPropertyName("ip")] string Ip,
    [property: JsonPropertyName("transport")] string Transport,
    [property: JsonPropertyName("shell_port")] int ShellPort,
    [property: JsonPropertyName("iopub_port")] int IopubPort,
    [property: JsonPropertyName("stdin_port")] int StdinPort,
    [property: JsonPropertyName("control_port")] int ControlPort,
    [property: JsonPropertyName("hb_port")] int HeartbeatPort,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("signature_scheme")] string SignatureScheme)
{
    /// <exception cref="NotebookException">The file cannot be read, or asks for what this kernel cannot do.</exception>
    public static ConnectionFile Load(string path)
    {
        try
        {
            var connection = JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(path)) ?? throw new JsonException("it is null");
            if (connection.Transport != "tcp")
                throw new NotebookException($"{path}: the transport '{connection.Transport}' is not supported, only tcp");
            if (connection.SignatureScheme != "hmac-sha256")
                throw new NotebookException($"{path}: the signature scheme '{connection.SignatureScheme}' is not supported, only hmac-sha256");
            if (connection.Key is null)
                throw new NotebookException($"{path}: 'key' is missing");
            connection.EndPoint(0);
            return connection;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new NotebookException($"{path}: not a connection file: {e.Message}", e);
        }
    }

    public IPEndPoint EndPoint(int port) => new(Ip == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Ip ?? ""), port);
}
