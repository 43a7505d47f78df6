using System.Formats.Tar;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fgsm.Data;

namespace Fgsm.Tests;

public class CifarFileTests : IDisposable
{
    private const int Pixels = 3 * 32 * 32;

    private static readonly byte[][] Batches = [.. Enumerable.Range(0, 6).Select(batch => Binary([batch, 9]))];

    private readonly TemporaryFolder folder = new();
    private readonly DataSource source = DataSource.Cifar10 with { Layouts = CifarFile.Layouts([.. Batches.Select(Sha256)]) };

    public void Dispose() => folder.Dispose();

    [DataFact("CIFAR-10")]
    public void Cifar10_IsThePublishedDataSet()
    {
        var data = DataSet.Cifar10();

        Assert.Equal(("CIFAR-10", 50_000, 10_000), (data.Name, data.Train.Count, data.Test.Count));
        Assert.Equal((3, 32, 32), (data.Test.Channels, data.Test.Height, data.Test.Width));
        // What NumPy reads of these files.
        Assert.Equal([6, 9, 9, 4, 1, 1, 2, 7, 8, 3], data.Train.Labels[..10]);
        Assert.Equal([59, 43, 50], data.Train.Pixels[..3]);
        Assert.Equal([140, 84, 72, 154, 126, 105], data.Train.Pixels[(Pixels - 3)..(Pixels + 3)]);
        Assert.Equal([3, 8, 8, 0, 6, 6, 1, 6, 3, 1], data.Test.Labels[..10]);
        Assert.Equal([94, 58, 26], data.Test.Pixels[^3..]);
        Assert.Equal(5000, data.Train.Labels.Count(label => label == 3));
        Assert.Equal("cat", data.Test.ClassNames[3]);
        // sha256sum of the test batch, and of the training batches one after the other.
        Assert.Equal("8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b", data.Test.Sha256);
        Assert.Equal("a0181da372c0d63a5920fdbea2ec3f83ecbc552d378218e1cb473cf634941a3b", data.Train.Sha256);
    }

    [Fact]
    public void Load_OfEitherLayout_GivesTheSameImagesAndDigests()
    {
        Write("cifar-10-batches-py", "", Python);
        var python = source.Load(TinySource.Only(folder.Path));
        Write("cifar-10-batches-bin", ".bin", batch => batch);
        var binary = source.Load(TinySource.Only(folder.Path));

        Assert.Equal([0, 9, 1, 9, 2, 9, 3, 9, 4, 9], binary.Train.Labels);
        Assert.Equal([5, 9], binary.Test.Labels);
        Assert.Equal(Batches[5][1..(1 + Pixels)], binary.Test.Pixels[..Pixels]);
        Assert.Equal(Batches[4][^Pixels..], binary.Train.Pixels[^Pixels..]);
        foreach (var (a, b) in new[] { (binary.Train, python.Train), (binary.Test, python.Test) })
        {
            Assert.Equal(a.Labels, b.Labels);
            Assert.Equal(a.Pixels, b.Pixels);
            Assert.Equal(a.Sha256, b.Sha256);
        }
    }

    [Fact]
    public void Load_DownloadsTheArchive_AndLeavesOnlyItsBatches()
    {
        var mirror = new Mirror(_ => Answer(Archive(Batches)));

        var data = Load(mirror);

        Assert.Equal((10, 2, 1), (data.Train.Count, data.Test.Count, mirror.Requests));
        Assert.Equal(
            ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"],
            Directory.GetFiles(folder.File("cifar-10-batches-bin")).Select(Path.GetFileName).Order());
        // The second time nothing is fetched.
        Load(new Mirror(_ => throw new HttpRequestException("offline")));
    }

    [Theory]
    [InlineData("offline", "www.cs.toronto.edu: Name or service not known")]
    [InlineData("html", "sent something else than the published file")]
    [InlineData("truncated", "sent something else than the published file")]
    [InlineData("incomplete", "sent something else than the published file")]
    [InlineData("changed", "sent something else than the published file")]
    public void Load_WhenTheArchiveCannotBeHad_SaysWhatToDo(string failure, string expected)
    {
        var changed = Batches.Select(batch => (byte[])batch.Clone()).ToArray();
        changed[0][^1] ^= 1;
        var mirror = new Mirror(_ => failure switch
        {
            "offline" => throw new HttpRequestException("Name or service not known"),
            "html" => Answer("<html>log in</html>"u8.ToArray()),
            "truncated" => Answer(Archive(Batches)[..200]),
            "incomplete" => Answer(Archive(Batches[..5])),
            _ => Answer(Archive(changed)),
        });

        var e = Assert.Throws<DataException>(() => Load(mirror));

        Assert.StartsWith("CIFAR-10: cifar-10-binary.tar.gz cannot be downloaded (", e.Message);
        Assert.Contains(expected, e.Message);
        Assert.Contains($"put the 6 files into {folder.File("cifar-10-batches-bin")}", e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.True(e.IsMissing);
        Assert.DoesNotContain(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), path => path.Contains(".part"));
    }

    [Fact]
    public void Load_ABatchThatIsCutShort_NamesIt()
    {
        Write("cifar-10-batches-bin", ".bin", batch => batch[..^1]);

        Assert.StartsWith(Path.Combine(folder.File("cifar-10-batches-bin"), "data_batch_1.bin") + ": is not the published file", Error().Message);
    }

    [Fact]
    public void Load_APickleOfOtherPixels_NamesIt()
    {
        Write("cifar-10-batches-py", "", batch => Python([.. batch[..^1], (byte)(batch[^1] ^ 1)]));

        Assert.StartsWith(Path.Combine(folder.File("cifar-10-batches-py"), "data_batch_1") + ": is not the published file", Error().Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(6000)]
    public void Load_APickleThatIsCutShort_NamesIt(int length)
    {
        Write("cifar-10-batches-py", "", batch => Python(batch)[..length]);

        Assert.StartsWith(Path.Combine(folder.File("cifar-10-batches-py"), "data_batch_1") + ": is not a pickled batch of CIFAR-10", Error().Message);
    }

    [Fact]
    public void Load_APickleOfSomethingElse_NamesIt()
    {
        Write("cifar-10-batches-py", "", _ => [0x80, 2, .. "}q\u0001."u8]);

        Assert.Contains("is not a pickled batch of CIFAR-10", Error().Message);
    }

    private DataException Error()
    {
        var e = Assert.Throws<DataException>(() => source.Load(TinySource.Only(folder.Path)));
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(e.IsMissing);
        return e;
    }

    private DataSet Load(Mirror mirror)
    {
        using var download = new MirrorDownload(mirror);
        return source.Load(TinySource.Only(folder.Path), download, default);
    }

    private void Write(string layout, string ending, Func<byte[], byte[]> format)
    {
        Directory.CreateDirectory(folder.File(layout));
        foreach (var (i, batch) in Batches.Index())
            File.WriteAllBytes(Path.Combine(folder.File(layout), Name(i) + ending), format(batch));
    }

    private static string Name(int batch) => batch < 5 ? $"data_batch_{batch + 1}" : "test_batch";

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Binary(int[] labels) =>
        [.. labels.SelectMany((label, image) => Enumerable.Range(0, Pixels).Select(i => (byte)(i * 7 + label + 100 * image)).Prepend((byte)label))];

    /// <summary>A batch as Python 2 pickles it, the way the published files are written.</summary>
    private static byte[] Python(byte[] binary)
    {
        var images = binary.Chunk(1 + Pixels).ToArray();
        return
        [
            0x80, 2, .. "}q\u0001("u8,
            .. Text("batch_label"), .. Text("training batch 1 of 5"),
            .. Text("labels"), .. "]q\u0002("u8, .. images.SelectMany(image => new[] { (byte)'K', image[0] }), .. "e"u8,
            .. Text("data"), .. "cnumpy.core.multiarray\n_reconstruct\nq\u0003cnumpy\nndarray\nq\u0004K\0"u8, 0x85, .. "U\u0001b"u8, 0x87, .. "Rq\u0005"u8,
            .. "(K\u0001K"u8, (byte)images.Length, .. "M\0\u000c"u8, 0x86,
            .. "cnumpy\ndtype\nq\u0006U\u0002u1K\0K\u0001"u8, 0x87, .. "Rq\u0007(K\u0003U\u0001|NNNJ"u8, 255, 255, 255, 255, (byte)'J', 255, 255, 255, 255, .. "K\0tb"u8, 0x89,
            (byte)'T', .. BitConverter.GetBytes(images.Length * Pixels), .. images.SelectMany(image => image[1..]), .. "tb"u8,
            .. Text("filenames"), .. "]q\u0008(U\u0005a.png"u8, .. "U\u0005b.pnge"u8,
            .. "u."u8,
        ];
    }

    private static byte[] Text(string text) => [(byte)'U', (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Archive(byte[][] batches)
    {
        using var content = new MemoryStream();
        using (var tar = new TarWriter(content, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "cifar-10-batches-bin/"));
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "cifar-10-batches-bin/data_batch_2.bin") { LinkName = "/etc/passwd" });
            foreach (var (i, batch) in batches.Index())
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{Name(i)}.bin") { DataStream = new MemoryStream(batch) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/readme.html") { DataStream = new MemoryStream([1]) });
        }
        return TinySource.Gzip(content.ToArray());
    }

    private static HttpResponseMessage Answer(byte[] content) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };
}
