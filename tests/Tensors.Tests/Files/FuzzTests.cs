using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Ten thousand files with random damage: each is read, or refused with one line that names the file and the reason.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int FilesOfAKind = 2500;

    private readonly TemporaryFolder folder = new();
    private readonly Random random = new(12345);

    public void Dispose() => folder.Dispose();

    /// <summary>torch.save(torch.nn.Linear(3, 2).state_dict(), ..., _use_new_zipfile_serialization=False), by PyTorch 1.13.</summary>
    private static readonly byte[] Legacy = Convert.FromBase64String(
        "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohYCgAAAHR5cGVfc2l6ZXNxA31xBChYBQAAAHNob3J0cQVLAlgDAA"
        + "AAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6AAmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxAClScQEoWAYAAAB3ZWlnaHRxAmN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3YyCnEDKChYBwAA"
        + "AHN0b3JhZ2VxBGN0b3JjaApGbG9hdFN0b3JhZ2UKcQVYCQAAADIxMjcwNzk4NHEGWAMAAABjcHVxB0sGTnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgEAAAAYmlhc3EOaAMoKGgEaA"
        + "VYCQAAADIxMjcwODc2OHEPaAdLAk50cRBRSwBLAoVxEUsBhXESiWgAKVJxE3RxFFJxFXV9cRZYCQAAAF9tZXRhZGF0YXEXaAApUnEYWAAAAABxGX1xGlgHAAAAdmVyc2lvbnEbSwFzc3NiLoACXXEA"
        + "KFgJAAAAMjEyNzA3OTg0cQFYCQAAADIxMjcwODc2OHECZS4GAAAAAAAAAKnr9LwQ4AQ/zMghPgXWwL5CLOK+qxIpvgIAAAAAAAAAx5MOPvp+074=");

    public FuzzTests() => manual_seed(1);

    private static Dictionary<object, object?> State() => new()
    {
        ["model"] = new Dictionary<string, Tensor> { ["weight"] = rand(3, 2), ["bias"] = rand(2), ["tied"] = ones(4)[1..3] },
        ["epoch"] = 3,
        ["betas"] = (0.9, 0.999),
        ["history"] = new List<object?> { 1.5, null, true, -70000L },
        ["state"] = tensor(new byte[] { 1, 2, 3 }),
    };

    [Fact]
    public void DamagedArchives()
    {
        PyTorchPickler.PickleStateDict(folder.File("good.pth"), State());
        Fuzz(File.ReadAllBytes(folder.File("good.pth")), file => file, path => PyTorchUnpickler.UnpickleStateDict(path));
    }

    /// <summary>The archive around the pickle is sound, its checksums too.</summary>
    [Fact]
    public void DamagedPickles()
    {
        var (pickle, storages) = PickleWriter.Write(State());
        var contents = storages.Select(s => ($"archive/data/{s.Key}", s.Elements.bytes.ToArray())).ToArray();
        Fuzz(pickle, damaged => PickleBuilder.Archive(damaged, contents), path => PyTorchUnpickler.UnpickleStateDict(path));
    }

    [Fact]
    public void DamagedFilesOfTheOlderFormat() => Fuzz(Legacy, file => file, path => PyTorchUnpickler.UnpickleStateDict(path));

    [Fact]
    public void DamagedSafetensors()
    {
        var model = nn.Linear(3, 2);
        model.save_safetensors(folder.File("good.safetensors"));
        Fuzz(File.ReadAllBytes(folder.File("good.safetensors")), file => file, path => model.load_safetensors(path));
    }

    private void Fuzz(byte[] good, Func<byte[], byte[]> wrap, Action<string> load)
    {
        var path = folder.File("damaged");
        var refused = new HashSet<string>();
        for (var i = 0; i < FilesOfAKind; i++)
        {
            File.WriteAllBytes(path, wrap(Damage(good)));
            using var scope = NewDisposeScope();
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                load(path);
            }
            catch (TensorFileException e)
            {
                Assert.StartsWith(path + ": ", e.Message);
                Assert.True(e.Message.Length > path.Length + 10 && !e.Message.Any(char.IsControl), e.Message);
                refused.Add(e.Message);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
        Assert.InRange(refused.Count, 10, FilesOfAKind);
    }

    private static readonly byte[][] Pieces =
    [
        [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0, 0, 0, 0],
        [0x8a, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        "cos\nsystem\n"u8.ToArray(), "ctorch\nFloatStorage\n"u8.ToArray(), "ccollections\nOrderedDict\n"u8.ToArray(),
        "(X\u0005\0\0\0touchtR"u8.ToArray(),
        "PK\u0003\u0004"u8.ToArray(), "PK\u0001\u0002"u8.ToArray(), "PK\u0005\u0006"u8.ToArray(),
        .. Enum.GetValues<PickleOp>().Select(op => new[] { (byte)op }),
    ];

    private byte[] Damage(byte[] good)
    {
        var bytes = new List<byte>(good);
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            var piece = Pieces[random.Next(Pieces.Length)];
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length)); break;
                case 4: bytes.InsertRange(at, piece); break;
                case 5:
                    for (var i = 0; i < piece.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = piece[i];
                    break;
                default: bytes.RemoveRange(at, random.Next(2) == 0 ? bytes.Count - at : 0); break;
            }
            if (bytes.Count == 0)
                break;
        }
        return [.. bytes];
    }
}
