using System.Security.Cryptography;
using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class ImageFolderTests : IDisposable
{
    private static readonly GoldenImages Golden = Shared.Golden.Read<GoldenImages>("images.json");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Names => [.. Golden.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_OfAnyKindOfFile_GivesThePixelsOfPillowAndTorchvision(string name)
    {
        var golden = Golden.Cases.Single(c => c.Name == name);
        Write("train/a/1.JPEG", golden.File);
        Write("val/a/1.png", golden.File);

        Assert.Equal(golden.Pixels, Load().Train.Pixels);
        Assert.Equal(golden.Pixels, Load().Test.Pixels);
    }

    /// <summary>Digests of what Pillow 9.4 makes of the files: convert("RGB"), resize(..., BILINEAR), crop; as torchvision does.</summary>
    [ImageNetTheory]
    [InlineData(256, 224, "55e2cc5c3d356d76b7cbfb9f9ee1db99369e2a9f970f0bfad2cfdd94c1d32d81", "41d7ed1cd4c24f23b31d1fe63ba9a1d906ca23d4fa7c6cf6cebad013214b480a")]
    [InlineData(227, 227, "25def20e91af396c68dcb65cb2c3791a9a5299c124121033630060fa97772834", "69b736202b3f6d97c6a6da2e5355ba0902711d6bc0839856e957a2d2f4c2c9f9")]
    public void ImageNet_HasThePixelsThatPillowMakesOfTheFiles(int resize, int crop, string val, string train)
    {
        var data = DataSet.ImageNet(resize: resize, crop: crop);

        Assert.Equal((val, train), (data.Test.Sha256, data.Train.Sha256));
        Assert.Equal((3, crop, crop), (data.Test.Channels, data.Test.Height, data.Test.Width));
    }

    [Fact]
    public void Load_TakesAnImageOfEachClass_ThenTheSecondOfEach()
    {
        Images("train/a/1.jpeg", "train/b/1.JPEG", "train/a/2.jpg", "train/b/2.png", "train/a/3.PNG", "val/b/1.JPEG");
        folder.Write("train/a/notes.txt", "");

        var data = Load();

        Assert.Equal([0, 1, 0, 1, 0], data.Train.Labels);
        Assert.Equal([1], data.Test.Labels);
        Assert.Equal(["a", "b"], data.Test.ClassNames);
        Assert.Equal([.. Pixels(0), .. Pixels(1)], data.Train.Take(2).Pixels);
        Assert.Equal("images", data.Name);
    }

    [Fact]
    public void Load_WithAListOfClasses_NumbersThemByItsLines()
    {
        folder.Write("classes.txt", "n3 great_white_shark\nn1\ttench\r\n\nn2 goldfish, a fish\n");
        Images("train/n1/1.JPEG", "val/n2/1.JPEG", "val/n3/1.JPEG");

        var data = Load();

        Assert.Equal(["great white shark", "tench", "goldfish, a fish"], data.Train.ClassNames);
        Assert.Equal([1], data.Train.Labels);
        Assert.Equal([0, 2], data.Test.Labels);
    }

    [Fact]
    public void Load_OfAFlatFolderWithAList_TakesItsClassesByNameOrNumber_InItsOrder()
    {
        Images("train/a/1.JPEG", "train/b/1.JPEG", "val/y.JPEG", "val/x.JPEG");
        folder.Write("val.txt", "y.JPEG b\nx.JPEG 0\n");

        var data = Load();

        Assert.Equal([1, 0], data.Test.Labels);
        Assert.Equal([.. Pixels(2), .. Pixels(3)], data.Test.Pixels);
    }

    [Fact]
    public void Sha256_CoversThePixelsAsDecoded()
    {
        Images("train/a/1.JPEG", "train/a/2.JPEG", "val/a/1.JPEG");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. Pixels(0), .. Pixels(1)])), Load().Train.Sha256);
    }

    [Fact]
    public void ATensorSetOfFiles_GivesWhatOneInMemoryGives()
    {
        Images([.. Enumerable.Range(0, 7).Select(i => $"train/{(char)('a' + (i % 2))}/{i}.JPEG"), "val/a/1.JPEG"]);
        var images = Load().Train;
        var files = TensorSet.From(images);
        var memory = TensorSet.From(new ImageSet("m", images.Pixels, images.Labels, 3, 17, 17, images.ClassNames, ""));

        Assert.Equal((7, uint8), (files.Count, files.Pixels.dtype));
        AssertSame(memory, files);
        AssertSame(memory.Range(2, 5), files.Range(2, 5));
        AssertSame(memory[3], files[3]);
        AssertSame(memory.Take(Labels(6, 0, 3)), files.Take(Labels(6, 0, 3)));
        AssertSame(memory.Take(Labels(6, 0, 3)).Range(1, 3), files.Take(Labels(6, 0, 3)).Range(1, 3));
        foreach (var (a, b) in memory.Batches(3).Zip(files.Batches(3), (a, b) => (a, b)))
            AssertSame(a, b);
        long[] order = [3, 1, 6, 0, 2, 5, 4];
        foreach (var (a, b) in memory.Batches(2, null, "", default, order).Zip(files.Batches(2, null, "", default, order), (a, b) => (a, b)))
            AssertSame(a, b);
        Assert.Equal(Enumerable.Repeat(0.25f, 3), (files.Range(0, 3) with { Images = full([3, 1, 1, 1], 0.25f) }).Images.Floats());
    }

    private static void AssertSame(TensorSet expected, TensorSet actual)
    {
        Assert.Equal(expected.Images.shape, actual.Images.shape);
        Assert.Equal(expected.Images.Floats(), actual.Images.Floats());
        Assert.Equal(expected.Labels.data<long>().ToArray(), actual.Labels.data<long>().ToArray());
    }

    [Fact]
    public void ADamagedFile_IsNamed_WhereverItsPixelsAreAskedFor()
    {
        Images("train/a/1.JPEG", "train/a/2.JPEG", "val/a/1.JPEG");
        var path = folder.File("train/a/2.JPEG");
        File.WriteAllBytes(path, Golden.Cases[1].File[..^300]);
        var train = Load().Train;

        AssertError(() => train.Pixels, path, "is damaged");
        AssertError(() => train.Sha256, path, "is damaged");
        AssertError(() => TensorSet.From(train).Batches(1).ToList(), path, "is damaged");
        AssertError(() => TensorSet.From(train).Images, path, "is damaged");
        File.WriteAllText(path, "<html>");
        AssertError(() => train.Pixels, path, "is no JPEG or PNG file");
        File.WriteAllText(path, "");
        AssertError(() => train.Pixels, path, "is no JPEG or PNG file");
        File.Delete(path);
        AssertError(() => train.Pixels, path, "cannot be read");
    }

    [Fact]
    public void WhatDoesNotFit_IsOneLineWithTheFile()
    {
        AssertError(() => Load(), folder.File("train"), "has no folders of images");
        Images("train/a/1.JPEG");
        AssertError(() => Load(), folder.File("val"), "has no folders of images");
        folder.Write("val/a/notes.txt", "");
        AssertError(() => Load(), folder.File("val/a"), "has no images (.jpeg, .jpg, .png)");
        Images("val/a/1.JPEG", "val/c/1.JPEG");
        AssertError(() => Load(), folder.File("val/c"), "no such class");
        folder.Write("classes.txt", "a first\nc third\na again\n");
        AssertError(() => Load(), folder.File("classes.txt"), "a is there 2 times");
        folder.Write("classes.txt", "a first\nc\n");
        AssertError(() => Load(), folder.File("classes.txt"), "line 2 has one word, 'c'");
        folder.Write("classes.txt", "\n");
        AssertError(() => Load(), folder.File("classes.txt"), "is empty");
        folder.Write("classes.txt", "c third\n");
        AssertError(() => Load(), folder.File("train/a"), "no such class");
        File.Delete(folder.File("classes.txt"));
        folder.Write("val.txt", "2.JPEG a\n");
        AssertError(() => Load(), folder.File("val.txt"), "line 1 names 2.JPEG");
        Images("val/2.JPEG");
        folder.Write("val.txt", "2.JPEG a\n2.JPEG 1\n");
        AssertError(() => Load(), folder.File("val.txt"), "line 2 names the class '1'");
    }

    [Theory]
    [InlineData(17, 18)]
    [InlineData(17, 0)]
    public void Load_WithASquareThatDoesNotFit_Throws(int resize, int crop) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => ImageFolder.Load(folder.Path, "images", resize, crop)), $"from 1 to resize, {resize}", $"got {crop}");

    [Fact]
    public void ImageNet_ThatIsNowhere_SaysWhereToPutIt()
    {
        var e = Assert.Throws<DataException>(() => DataSet.ImageNet(TinySource.Only(folder.Path), 256, 224));

        Assert.True(e.IsMissing);
        Assert.Contains($"into {folder.File("imagenet")}, or name a folder that has imagenet/ in $FGSM_DATA", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void ImageNet_TakesTheWholeBeforeTheSubset()
    {
        Images("imagenet-subset/train/a/1.JPEG", "imagenet-subset/val/a/1.JPEG");
        Assert.Equal("ImageNet subset", DataSet.ImageNet(TinySource.Only(folder.Path), 20, 20).Name);
        Images("imagenet/train/a/1.JPEG", "imagenet/val/a/1.JPEG");
        Assert.Equal("ImageNet", DataSet.ImageNet(TinySource.Only(folder.Path), 20, 20).Name);
    }

    private DataSet Load() => ImageFolder.Load(folder.Path, "images", Golden.Resize, Golden.Crop);

    private static byte[] Pixels(int image) => Golden.Cases[image].Pixels;

    /// <summary>Writes the golden files, one after the other, under these names.</summary>
    private void Images(params string[] names)
    {
        foreach (var (i, name) in names.Index())
            Write(name, Golden.Cases[i].File);
    }

    private void Write(string name, byte[] content)
    {
        folder.Write(name, "");
        File.WriteAllBytes(folder.File(name), content);
    }

    private static void AssertError(Func<object> read, string path, string what)
    {
        var e = Assert.Throws<DataException>(read);
        Assert.StartsWith(path, e.Message);
        Assert.Contains(what, e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(e.IsMissing);
    }

    private sealed record GoldenImages(int Resize, int Crop, GoldenImage[] Cases);

    private sealed record GoldenImage(string Name, byte[] File, byte[] Pixels);
}
