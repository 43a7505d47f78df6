using System.IO.Compression;
using System.Text;
using Fgsm.Tensors.Files;
using static Fgsm.Tensors.Tests.PickleBuilder;

namespace Fgsm.Tensors.Tests;

/// <summary>A file is data, never code, and takes no more memory than its length allows.</summary>
public sealed class BadFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Refusal(byte[] file)
    {
        var path = folder.File("bad.pth");
        File.WriteAllBytes(path, file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<TensorFileException>(() => PyTorchUnpickler.UnpickleStateDict(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.StartsWith(path + ": ", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        return exception.Message[(path.Length + 2)..];
    }

    private string Refusal(Action<PickleBuilder> value) => Refusal(Archive(Dictionary(value), ("archive/data/0", new byte[40])));

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__main__", "Net")]
    [InlineData("torch.nn.modules.container", "Sequential")]
    [InlineData("numpy.core.multiarray", "scalar")]
    [InlineData("torch._utils", "_rebuild_sparse_tensor")]
    public void AnyOtherName_IsRefusedByName(string module, string name)
    {
        var marker = folder.File("marker");

        var reason = Refusal(p => p.Global(module, name).Op(PickleOp.Mark).Text($"touch {marker}").Op(PickleOp.Tuple).Op(PickleOp.Reduce));

        Assert.Contains($"'{module}.{name}'", reason);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void ANameWithLineBreaksAndControls_IsShownOnOneLine() =>
        Assert.Contains("'a?[31m?.b?'", Refusal(p => p.Global("a\u001b[31m\r", "b\u2028")));

    [Theory]
    [InlineData(71, "'torch.{0}'")]
    [InlineData(74, "'torch.{0}'")]
    [InlineData(75, "'torch.{0}...'")]
    public void ANameOfMoreThan80Characters_IsCut(int length, string shown) => Assert.Contains(
        string.Format(System.Globalization.CultureInfo.InvariantCulture, shown, new string('x', Math.Min(length, 74))),
        Refusal(p => p.Global("torch", new string('x', length))));

    public static TheoryData<string, string> Layouts => new()
    {
        { "10 0 11 1", "beyond its storage" },
        { "10 1 10 1", "beyond its storage" },
        { "10 0 6 2", "beyond its storage" },
        { "10 0 2,2 1,9223372036854775807", "beyond its storage" },
        { "10 -1 2 1", "makes no sense" },
        { "10 0 -2 1", "makes no sense" },
        { "10 9 2 -1", "makes no sense" },
        { "10 0 2,5 1", "makes no sense" },
        { "10 9223372036854775807 1 1", "beyond its storage" },
        { "10 0 9223372036854775807 0", "more elements than the file can hold" },
        { "10 0 100000,100000 0,0", "more elements than the file can hold" },
        { "10 0 9223372036854775807,9223372036854775807,0 1,1,1", "beyond its storage" },
        { "1000000 0 10 1", "more than the file can hold" },
        { "9223372036854775807 0 10 1", "more than the file can hold" },
        { "-1 0 0 1", "a storage is described in a way" },
        { "9 0 9 1", "has 40 bytes; expected 36" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ATensorThatDoesNotFitItsStorage_OrTheFile_IsRefused(string layout, string reason)
    {
        var parts = layout.Split(' ').Select(
            part => part.Split(',').Select(n => long.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();

        Assert.Contains(reason, Refusal(p => p.Tensor("0", parts[0][0], parts[1][0], parts[2], parts[3])));
    }

    [Fact]
    public void ExpandingManyTensors_IsRefused() => Assert.Contains("more elements than the file can hold", Refusal(p =>
    {
        p.Op(PickleOp.EmptyList).Op(PickleOp.Mark);
        for (var i = 0; i < 100; i++)
            p.Tensor("0", 10, 0, [500], [0]);
        p.Op(PickleOp.Appends);
    }));

    [Fact]
    public void OneStorageUnderTwoTypes_IsRefused() => Assert.Contains("described twice",
        Refusal(p => p.Tensor("0", 10, 0, [10], [1]).Op(PickleOp.Tuple1).Tensor("0", 5, 0, [5], [1], "Double").Op(PickleOp.Tuple2)));

    [Fact]
    public void AStorageThatIsNotThere_IsRefused() =>
        Assert.Contains("no entry 'data/../0'", Refusal(p => p.Tensor("../0", 10, 0, [10], [1])));

    [Fact]
    public void TwoEntriesOfOneName_AreRefused() =>
        Assert.Contains("two entries", Refusal(Archive(Dictionary(p => p.Number(1)), ("archive/data.pkl", []))));

    [Fact]
    public void ATorchScriptProgram_IsRefused() =>
        Assert.Contains("TorchScript", Refusal(Archive(Dictionary(p => p.Number(1)), ("archive/constants.pkl", []))));

    [Fact]
    public void ABigEndianFile_IsRefused() =>
        Assert.Contains("big-endian", Refusal(Archive(Dictionary(p => p.Number(1)), ("archive/byteorder", "big"u8.ToArray()))));

    [Fact]
    public void ALittleEndianFile_WithAnotherDataPklDeeperDown_IsRead()
    {
        var path = folder.File("model.pth");
        File.WriteAllBytes(path, Archive(Dictionary(p => p.Number(1)), ("archive/byteorder", "little"u8.ToArray()), ("archive/extra/data.pkl", [0])));

        Assert.Equal(1L, PyTorchUnpickler.UnpickleStateDict(path)["key"]);
    }

    [Fact]
    public void AnArchiveOfTwoModels_IsRefused() =>
        Assert.Contains("without the data.pkl", Refusal(Archive(Dictionary(p => p.Number(1)), ("other/data.pkl", Dictionary(p => p.Number(2))))));

    [Fact]
    public void AByteOrderThatIsLongerThanAWord_IsRefused() =>
        Assert.Contains("byteorder is longer than 16 bytes", Refusal(Archive(Dictionary(p => p.Number(1)), ("archive/byteorder", new byte[17]))));

    /// <summary>A thousand times smaller than what it unfolds to.</summary>
    [Fact]
    public void AZipBomb_IsRefused()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var pickle = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
                pickle.Write(Dictionary(p => p.Tensor("0", 2500, 0, [2500], [1])));
            using var data = archive.CreateEntry("archive/data/0", CompressionLevel.Optimal).Open();
            data.Write(new byte[10000]);
        }

        Assert.Contains("compressed", Refusal([.. stream.ToArray(), .. new byte[20000]]));
    }

    [Fact]
    public void ADamagedElement_IsNoticed()
    {
        var file = Archive(Dictionary(p => p.Tensor("0", 10, 0, [10], [1])), ("archive/data/0", [.. Enumerable.Repeat((byte)77, 40)]));
        file[file.AsSpan().IndexOf(Enumerable.Repeat((byte)77, 40).ToArray()) + 5] ^= 1;

        Assert.Contains("checksum differs", Refusal(file));
    }

    [Fact]
    public void ADictionaryThatHoldsItself_IsReadWithoutEnd()
    {
        var path = folder.File("self.pth");
        File.WriteAllBytes(path, Archive(new PickleBuilder().Op(PickleOp.EmptyDictionary).Op(PickleOp.Put, 0).Text("self")
            .Op(PickleOp.Get, 0).Op(PickleOp.SetItem).Op(PickleOp.Stop).Bytes));

        var dictionary = PyTorchUnpickler.UnpickleStateDict(path);

        Assert.Same(dictionary, dictionary["self"]);
    }

    [Fact]
    public void AMillionNestedTuples_AreReadWithoutRecursion()
    {
        var path = folder.File("deep.pth");
        File.WriteAllBytes(path, Archive(Dictionary(p =>
        {
            p.Number(1);
            for (var i = 0; i < 1_000_000; i++)
                p.Op(PickleOp.Tuple1);
        })));

        Assert.IsType<object?[]>(PyTorchUnpickler.UnpickleStateDict(path)["key"]);
    }

    [Theory]
    [InlineData("PK", "it is no PyTorch file")]
    [InlineData("PK\x03\x04", "Central Directory")]
    [InlineData("hello, this is no model", "it is no PyTorch file")]
    [InlineData("", "it is empty")]
    [InlineData("<!DOCTYPE html><html>not found</html>", "web page")]
    [InlineData("\u00ef\u00bb\u00bf\n <HTML>", "web page")]
    [InlineData("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS pointer")]
    [InlineData("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "NumPy array")]
    [InlineData("\u001f\u008b\u0008\0\0\0\0\0\0\u0003\u0003\0\0\0\0\0\0\0\0\0", "gzip")]
    [InlineData("\u0089HDF\r\n\u001a\n", "HDF5")]
    public void WhatIsNoModel_IsRefused_AndNamed(string content, string name)
    {
        Assert.Contains(name, Refusal(Encoding.Latin1.GetBytes(content)));
        if (content.StartsWith("PK", StringComparison.Ordinal) || content.StartsWith("hello", StringComparison.Ordinal))
            return;
        var path = folder.File("bad.safetensors");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
        Assert.StartsWith($"{path}: ", Assert.Throws<TensorFileException>(() => torch.nn.Linear(1, 1).load_safetensors(path)).Message);
        Assert.Contains(name, Assert.Throws<TensorFileException>(() => torch.nn.Linear(1, 1).load_safetensors(path)).Message);
    }

    [Fact]
    public void AFileOfTheOtherFormat_IsRefused_AndSaysWhatToCall()
    {
        var (model, path) = (torch.nn.Linear(1, 1), folder.File("model"));
        model.save_safetensors(path);
        Assert.Equal($"{path}: it is a safetensors file: use load_safetensors",
            Assert.Throws<TensorFileException>(() => model.load_py(path)).Message);
        model.save_py(path);
        Assert.Equal($"{path}: it is a file of PyTorch: use load_py",
            Assert.Throws<TensorFileException>(() => model.load_safetensors(path)).Message);
    }

    [Fact]
    public void AFolder_IsRefused() => Assert.StartsWith(
        folder.Path + ": ", Assert.Throws<TensorFileException>(() => PyTorchUnpickler.UnpickleStateDict(folder.Path)).Message);

    [Fact]
    public void ThePickleOfTheGreatestLength_IsRead()
    {
        var (path, rest) = (folder.File("long.pth"), Dictionary(p => p.Op(PickleOp.Bytes, 0, 0, 0, 0)).Length);
        var bytes = new byte[PickleReader.MaxBytes - rest];

        File.WriteAllBytes(path, Archive(Dictionary(p => p.Op(PickleOp.Bytes, [.. BitConverter.GetBytes(bytes.Length), .. bytes]))));

        Assert.Equal(bytes.Length, Assert.IsType<byte[]>(PyTorchUnpickler.UnpickleStateDict(path)["key"]).Length);
    }

    [Fact]
    public void ATooLongPickle_IsRefused() => Assert.Contains("longer than", Assert.Throws<TensorFileException>(() =>
    {
        var path = folder.File("long.pth");
        File.WriteAllBytes(path, Archive(new byte[PickleReader.MaxBytes + 1]));
        PyTorchUnpickler.UnpickleStateDict(path);
    }).Message);
}
