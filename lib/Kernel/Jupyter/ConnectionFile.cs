using System.Net;
using System.Text.Json;

namespace Fgsm.Kernel.Jupyter;

/// <summary>Where to listen and which key to sign with, as a Jupyter client hands it over.</summary>
internal sealed record ConnectionFile(
    string Ip, string Transport,
    int ShellPort, int IopubPort, int StdinPort, int ControlPort, int HbPort,
    string Key, string SignatureScheme)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <exception cref="NotebookException">The file cannot be read, or asks for what this kernel cannot do.</exception>
    public static ConnectionFile Load(string path)
    {
        try
        {
            var connection = JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(path), JsonOptions)
                ?? throw new JsonException("it is null");
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
