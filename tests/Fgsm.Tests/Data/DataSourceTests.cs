using System.Net;
using Fgsm.Data;
using Fgsm.Results;

namespace Fgsm.Tests;

public class DataSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_FilesThatAreThere_GivesImagesAndLabels()
    {
        var tiny = new TinySource();
        tiny.WriteTo(folder.Path);

        var data = tiny.Source.Load(TinySource.Only(folder.Path));

        Assert.Equal((3, 1, 2, 2), (data.Train.Count, data.Train.Channels, data.Train.Height, data.Train.Width));
        Assert.Equal([0, 1, 9], data.Test.Labels);
        Assert.Equal(tiny.Source.Layouts[0].Test[0].Sha256, data.Test.Sha256);
        Assert.False(data.IsSynthetic);
        Assert.Equal("Baseline (Tiny)", data.Title("Baseline"));
    }

    [Fact]
    public void Load_CountsThatDiffer_NamesBothFiles()
    {
        var tiny = new TinySource(images: 3, labels: 2);
        tiny.WriteTo(folder.Path);

        var message = Assert.Throws<DataException>(() => tiny.Source.Load(TinySource.Only(folder.Path))).Message;

        Assert.Contains("train-images-idx3-ubyte has 3 images", message);
        Assert.Contains("train-labels-idx1-ubyte has 2 labels", message);
    }

    [Fact]
    public void Load_LabelOver9_NamesItAndTheFile()
    {
        var tiny = new TinySource(lastLabel: 10);
        tiny.WriteTo(folder.Path);

        var message = Assert.Throws<DataException>(() => tiny.Source.Load(TinySource.Only(folder.Path))).Message;

        Assert.Contains("train-labels-idx1-ubyte: label 2 is 10, above 9", message);
    }

    [Fact]
    public void Load_ChangedFile_IsNeverPassedOver()
    {
        var tiny = new TinySource();
        tiny.Contents["t10k-images-idx3-ubyte"][^1] ^= 1;
        tiny.WriteTo(folder.Path);

        var e = Assert.Throws<DataException>(() => tiny.Source.Load(TinySource.Only(folder.Path)));

        Assert.Contains("t10k-images-idx3-ubyte: is not the published file", e.Message);
        Assert.False(e.IsMissing);
    }

    [Fact]
    public void EveryDataSource_IsInTheReadmeOfData_WithItsFoldersMirrorsAndChecksums()
    {
        var readme = File.ReadAllText(Path.Combine(Checkout.Folder!, "data", "README.md"));

        Assert.All(DataSource.All, source =>
        {
            Assert.Contains($"| {source.Name} | `{source.Layouts[0].Folder}/` |", readme);
            Assert.All(source.Layouts, layout => Assert.Contains($"`{layout.Folder}/`", readme));
            Assert.All(source.Layouts[0].Files, file => Assert.Contains($"| `{source.Layouts[0].Folder}/{file.FileName}` | ", readme));
            Assert.All(source.Layouts[0].Files, file => Assert.Contains($"`{file.Sha256}`", readme));
            Assert.All(source.Mirrors, mirror => Assert.Contains($"<{mirror}>", readme));
        });
    }

    [Fact]
    public void Find_TakesTheFirstCompleteFolder()
    {
        var tiny = new TinySource();
        var (incomplete, complete) = (folder.File("a"), folder.File("b"));
        tiny.WriteTo(incomplete);
        tiny.WriteTo(complete);
        File.Delete(Path.Combine(incomplete, "tiny", "t10k-labels-idx1-ubyte"));

        Assert.Equal(Path.Combine(complete, "tiny"), tiny.Source.Find(new DataFolders([folder.File("none"), incomplete, complete], folder.Path))?.Folder);
    }

    [Fact]
    public void Find_TakesTheFolderThatTorchvisionMakes()
    {
        var tiny = new TinySource();
        tiny.WriteTo(folder.Path, "Tiny/raw");

        Assert.Equal(3, tiny.Source.Load(TinySource.Only(folder.Path)).Train.Count);
    }

    [Fact]
    public void Standard_WithAVariableThatNamesNoFolder_SaysSoWithItsWholePath()
    {
        var before = Environment.GetEnvironmentVariable(DataFolders.Variable);
        try
        {
            Environment.SetEnvironmentVariable(DataFolders.Variable, "no-such-folder");

            var e = Assert.Throws<DataException>(() => DataSet.MnistOrSynthetic());

            Assert.StartsWith(Path.GetFullPath("no-such-folder"), e.Message);
            Assert.Contains("$FGSM_DATA", e.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataFolders.Variable, before);
        }
    }

    [Fact]
    public void Standard_SearchesInTheDocumentedOrder()
    {
        var root = folder.File("checkout");
        var folders = DataFolders.Standard("asked", "variable", root, "cache");

        Assert.Equal(["asked", "variable", Path.Combine(root, "data"), Path.Combine(folder.Path, "shared", "data"), "cache"], folders.Search);
        Assert.Equal("asked", folders.Download);
        Assert.Equal(Path.Combine(root, "data"), DataFolders.Standard(null, null, root, "cache").Download);
        Assert.Equal("cache", DataFolders.Standard(null, "", null, "cache").Download);
    }

    [Fact]
    public void Standard_WithAFolderThatDoesNotExist_SaysSo()
    {
        var e = Assert.Throws<DataException>(() => DataFolders.Standard(folder.File("nowhere")));

        Assert.Contains("no such data folder", e.Message);
        Assert.False(e.IsMissing);
    }

    [Fact]
    public void Load_DownloadsWhatIsMissing_AndLeavesOnlyWholeFiles()
    {
        var tiny = new TinySource();
        var mirror = new Mirror(request => Packed(tiny, request));

        var data = Load(tiny, mirror);

        Assert.Equal([0, 1, 9], data.Test.Labels);
        Assert.Equal(tiny.Contents.Keys.Select(name => name + ".gz").Order(), Directory.GetFiles(folder.File("tiny")).Select(Path.GetFileName).Order());
        // The second time nothing is fetched.
        Load(tiny, new Mirror(_ => throw new HttpRequestException("offline")));
    }

    [Fact]
    public void Load_WhenTheFirstMirrorFails_TakesTheSecond()
    {
        var tiny = new TinySource();
        var mirror = new Mirror(request => request.RequestUri!.Host == "first.example" ? new HttpResponseMessage(HttpStatusCode.NotFound) : Packed(tiny, request));

        Assert.Equal(3, Load(tiny, mirror).Train.Count);
        Assert.Equal(8, mirror.Requests);
    }

    [Theory]
    [InlineData("offline", "Name or service not known")]
    [InlineData("404", "answered 404")]
    [InlineData("html", "sent something else than the published file")]
    [InlineData("broken", "sent something else than the published file")]
    public void Load_WhenNoMirrorHelps_SaysWhyAndLeavesNothing(string failure, string expected)
    {
        var tiny = new TinySource();
        var mirror = new Mirror(request => failure switch
        {
            "offline" => throw new HttpRequestException("Name or service not known"),
            "404" => new HttpResponseMessage(HttpStatusCode.NotFound),
            "html" => new HttpResponseMessage { Content = new StringContent("<html>log in</html>") },
            _ => new HttpResponseMessage { Content = new ByteArrayContent(TinySource.Gzip(tiny.Contents["train-images-idx3-ubyte"])[..20]) },
        });

        var e = Assert.Throws<DataException>(() => Load(tiny, mirror));

        Assert.Contains($"first.example: {expected}", e.Message);
        Assert.Contains($"second.example: {expected}", e.Message);
        Assert.Contains("$FGSM_DATA", e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.True(e.IsMissing);
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Load_IntoAFolderThatCannotBeWritten_SaysSo()
    {
        // A file where the folder should be: refused for any user, root included.
        File.WriteAllText(folder.File("tiny"), "");

        var tiny = new TinySource();
        var e = Assert.Throws<DataException>(() => Load(tiny, new Mirror(request => Packed(tiny, request))));

        Assert.StartsWith($"{folder.File("tiny")}: cannot be written", e.Message);
    }

    [Fact]
    public void Load_Cancelled_StopsAndLeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        var tiny = new TinySource();
        var mirror = new Mirror(request =>
        {
            stop.Cancel();
            return Packed(tiny, request);
        });

        Assert.ThrowsAny<OperationCanceledException>(() => Load(tiny, mirror, cancellation: stop.Token));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private DataSet Load(TinySource tiny, Mirror mirror, CancellationToken cancellation = default)
    {
        using var download = new MirrorDownload(mirror);
        return tiny.Source.Load(TinySource.Only(folder.Path), download, cancellation);
    }

    private static HttpResponseMessage Packed(TinySource tiny, HttpRequestMessage request)
    {
        var name = Path.GetFileNameWithoutExtension(request.RequestUri!.AbsolutePath);
        return new HttpResponseMessage { Content = new ByteArrayContent(TinySource.Gzip(tiny.Contents[name])) };
    }
}
