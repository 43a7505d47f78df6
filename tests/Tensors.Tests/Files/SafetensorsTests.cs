using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Modules.Sequential Small(long seed)
    {
        manual_seed(seed);
        return nn.Sequential(("fc1", nn.Linear(4, 3)), ("relu", nn.ReLU()), ("fc2", nn.Linear(3, 2)));
    }

    private static Dictionary<string, float[]> Weights(nn.Module module) =>
        module.state_dict().ToDictionary(s => s.Key, s => s.Value.data<float>().ToArray());

    private string Write(string header, int data)
    {
        var path = folder.File("model.safetensors");
        File.WriteAllBytes(
            path, [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header), .. new byte[data]]);
        return path;
    }

    [Fact]
    public void SaveSafetensors_ThenLoadSafetensors_GivesTheSameBits()
    {
        Small(1).save_safetensors(folder.File("model.safetensors"));

        Assert.Equal(Weights(Small(1)), Weights(Small(2).load_safetensors(folder.File("model.safetensors"))));
    }

    /// <summary>What the format's description says, read with nothing but the standard library.</summary>
    [PyTorchFact]
    public void SaveSafetensors_WritesWhatTheFormatSays()
    {
        var model = Small(1);
        model.save_safetensors(folder.File("model.safetensors"));

        PyTorch.Run(folder, """
            import array, struct
            data = open('model.safetensors', 'rb').read()
            size, = struct.unpack('<Q', data[:8])
            header = json.loads(data[8:8 + size])
            assert (8 + size) % 8 == 0 and data[8:9] == b'{'
            torch.manual_seed(1)
            model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
            names = {'fc1.bias': model[0].bias, 'fc1.weight': model[0].weight, 'fc2.bias': model[2].bias, 'fc2.weight': model[2].weight}
            assert list(header) == list(names), list(header)
            end = 0
            for name, tensor in names.items():
                entry = header[name]
                assert entry['dtype'] == 'F32' and entry['shape'] == list(tensor.shape) and entry['data_offsets'][0] == end
                end = entry['data_offsets'][1]
                assert array.array('f', data[8 + size + entry['data_offsets'][0]:8 + size + end]).tolist() == tensor.flatten().tolist()
            assert 8 + size + end == len(data)
            """);
    }

    /// <summary>Larger elements first, then by name; spaces after the JSON align the data to 8 bytes.</summary>
    [Fact]
    public void Write_PutsLargerElementsFirst_AndAlignsTheData()
    {
        using var stream = new MemoryStream();

        Safetensors.Write(stream, new Dictionary<string, Tensor> { ["b"] = tensor([0.5f]), ["a"] = tensor([2f]), ["z"] = tensor([3L, -1L]) });

        const string header = """{"z":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"b":{"dtype":"F32","shape":[1],"data_offsets":[20,24]}}""";
        var padded = (header.Length + 7) / 8 * 8;
        byte[] expected = [.. BitConverter.GetBytes((long)padded), .. System.Text.Encoding.ASCII.GetBytes(header.PadRight(padded)),
            .. BitConverter.GetBytes(3L), .. BitConverter.GetBytes(-1L), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(0.5f)];
        Assert.Equal(expected, stream.ToArray());
    }

    /// <summary>"none" has no elements, so it may lie where "some" begins; the header has them in the other order.</summary>
    [Fact]
    public void Read_ATensorWithoutElements_MayLieWhereAnotherBegins()
    {
        using var stream = File.OpenRead(Write(
            """{"some":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"none":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 8));

        Assert.Equal([("none", 0L), ("some", 2L)], Safetensors.Read(stream).Select(t => (t.Key, t.Value.numel())));
    }

    /// <summary>The shortest header, and the longest.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4 << 20)]
    public void Read_AHeaderWithoutTensors_GivesNone(int length)
    {
        using var stream = File.OpenRead(Write("{}".PadRight(length), 0));

        Assert.Empty(Safetensors.Read(stream));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData((4 << 20) + 1)]
    public void LoadSafetensors_OfAnImpossibleHeaderLength_IsRefusedBeforeItIsRead(long length)
    {
        var path = folder.File("model.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. new byte[5 << 20]]);

        Assert.Contains($"header of {length} bytes", Assert.Throws<TensorFileException>(() => Small(1).load_safetensors(path)).Message);
    }

    [Fact]
    public void LoadSafetensors_OfAnotherTypeAndWithMetadata_ConvertsIt()
    {
        var path = folder.File("model.safetensors");
        var header = """{"__metadata__":{"format":"pt"},"bias":{"dtype":"F16","shape":[2],"data_offsets":[32,36]},"weight":{"dtype":"F64","shape":[2,2],"data_offsets":[0,32]}} """;
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header),
            .. new[] { 1.5, 2, 3, 1e-3 }.SelectMany(BitConverter.GetBytes),
            .. new[] { (Half)0.5, (Half)(-4) }.SelectMany(BitConverter.GetBytes)]);

        var model = nn.Linear(2, 2);
        model.load_safetensors(path);

        Assert.Equal([1.5f, 2, 3, 1e-3f], model.weight.data<float>().ToArray());
        Assert.Equal([0.5f, -4], model.bias!.data<float>().ToArray());
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'w' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "bytes that belong to no tensor")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'w' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'v' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'w' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "'w' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "'w' does not lie where it should")]
    [InlineData("""{"w":{"dtype":"F8_E5M2","shape":[8],"data_offsets":[0,8]}}""", 8, "'w' is of type 'F8_E5M2', which is not supported")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "its header is not that of a safetensors file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "its header is not that of a safetensors file")]
    [InlineData("""["w"]""", 0, "its header is not that of a safetensors file")]
    [InlineData("""{"w":[[[[[[[[[[[[[]]]]]]]]]]]]]}""", 0, "its header is not that of a safetensors file")]
    public void LoadSafetensors_OfABadFile_SaysWhichAndWhy(string header, int data, string reason)
    {
        var path = Write(header, data);

        var exception = Assert.Throws<TensorFileException>(() => Small(1).load_safetensors(path));

        Assert.StartsWith(path + ": ", exception.Message);
        Assert.Contains(reason, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    public void LoadSafetensors_CutShort_SaysSo(int length)
    {
        var path = Write("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);

        Assert.Contains("cut short", Assert.Throws<TensorFileException>(() => Small(1).load_safetensors(path)).Message);
    }
}
