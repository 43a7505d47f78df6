using System.Runtime.InteropServices;
using System.Text.Json;

namespace Fgsm.Tests.Shared;

/// <summary>The files of tests/golden: what real PyTorch computes. Each was written by the script beside it.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static T Read<T>(string file)
    {
        using var stream = typeof(Golden).Assembly.GetManifestResourceStream(file)
            ?? throw new FileNotFoundException($"{file} is not among the files of tests/golden.");
        return JsonSerializer.Deserialize<T>(stream, Options)!;
    }

    public static float[] Floats(byte[] data) => MemoryMarshal.Cast<byte, float>(data).ToArray();
}
