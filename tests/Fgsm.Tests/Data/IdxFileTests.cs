using System.Security.Cryptography;
using Fgsm.Data;

namespace Fgsm.Tests;

public class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Write(byte[] content, string name = "images")
    {
        var path = folder.File(name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string ErrorOf(byte[] content, string name = "images", int dimensions = 3)
    {
        var path = Write(content, name);
        var message = Assert.Throws<DataException>(() => IdxFile.Read(path, dimensions)).Message;
        Assert.StartsWith(path, message);
        Assert.DoesNotContain('\n', message);
        Assert.Contains("delete it", message);
        return message;
    }

    [Fact]
    public void Read_PlainAndCompressed_GiveTheSame()
    {
        var content = TinySource.Images(3);
        var plain = IdxFile.Read(Write(content), 3);
        var packed = IdxFile.Read(Write(TinySource.Gzip(content), "images.gz"), 3);

        Assert.Equal([3, 2, 2], plain.Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], plain.Values);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), plain.Sha256);
        Assert.Equal(plain.Values, packed.Values);
        Assert.Equal(plain.Sha256, packed.Sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(27)]
    public void Read_TruncatedAnywhere_SaysSo(int length) => Assert.Contains("is truncated", ErrorOf(TinySource.Images(3)[..length]));

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Read_TruncatedGzip_Throws(int length) => ErrorOf(TinySource.Gzip(TinySource.Images(3))[..length], "images.gz");

    [Fact]
    public void Read_WhatIsNotGzip_SaysSo() => Assert.Contains("not a whole gzip file", ErrorOf("<html>sorry</html>"u8.ToArray(), "images.gz"));

    [Fact]
    public void Read_BytesAfterTheEnd_SaysHowMany() => Assert.Contains("has 2 bytes after its 12 values", ErrorOf([.. TinySource.Images(3), 0, 0]));

    [Fact]
    public void Read_WrongMagic_NamesBoth() =>
        Assert.Contains("magic number 0x00000801, expected 0x00000803", ErrorOf([.. TinySource.Labels(3, 9), .. new byte[8]]));

    [Fact]
    public void Read_AWrongMagicAndNothingElse_NamesTheMagic() => Assert.Contains("magic number 0x00000801", ErrorOf([0, 0, 8, 1]));

    /// <summary>2^24 labels are announced, and none follow.</summary>
    [Fact]
    public void Read_TheLargestSize_IsPossible() => Assert.Contains("0 of 16777216 values", ErrorOf([0, 0, 8, 1, 1, 0, 0, 0], dimensions: 1));

    [Fact]
    public void Read_ImpossibleSize_SaysSo() => Assert.Contains("impossible size, -1, in dimension 1", ErrorOf([0, 0, 8, 3, 0, 0, 0, 1, 255, 255, 255, 255, 0, 0, 0, 1]));

    [Fact]
    public void Read_AnotherContent_NamesBothChecksums()
    {
        var path = Write(TinySource.Images(3));
        var message = Assert.Throws<DataException>(() => IdxFile.Read(path, 3, sha256: "00ff")).Message;

        Assert.Contains("expected 00ff", message);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(TinySource.Images(3))), message);
    }

    [Fact]
    public void Read_NoSuchFile_IsMissing() => Assert.True(Assert.Throws<DataException>(() => IdxFile.Read(folder.File("nothing"), 3)).IsMissing);

    [Fact]
    public void Read_AFolder_SaysThatItCannotBeRead() =>
        Assert.Contains("cannot be read", Assert.Throws<DataException>(() => IdxFile.Read(folder.Path, 3)).Message);
}
