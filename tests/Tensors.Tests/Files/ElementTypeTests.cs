using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Elements as IEEE 754 and two's complement write them, the lowest byte first.</summary>
public sealed class ElementTypeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Tensor Load(string type, int count, byte[] elements)
    {
        var pickle = PickleBuilder.Dictionary(p => p.Tensor("0", count, 0, [count], [1], type));
        File.WriteAllBytes(folder.File("one.pth"), PickleBuilder.Archive(pickle, ("archive/data/0", elements)));
        return (Tensor)PyTorchUnpickler.UnpickleStateDict(folder.File("one.pth"))["key"]!;
    }

    [Theory]
    [InlineData("Float", "000020C0", -2.5f)]
    [InlineData("Double", "00000000000004C0", -2.5f)]
    [InlineData("Half", "00C1", -2.5f)]
    [InlineData("BFloat16", "20C0", -2.5f)]
    [InlineData("Long", "FEFFFFFFFFFFFFFF", -2L)]
    [InlineData("Int", "FEFFFFFF", -2L)]
    [InlineData("Short", "FEFF", -2L)]
    [InlineData("Char", "FE", -2L)]
    [InlineData("Byte", "FE", (byte)254)]
    [InlineData("Bool", "01", true)]
    public void AnElementOfEachType_HasItsValue(string type, string bytes, object expected)
    {
        var element = Convert.FromHexString(bytes);

        var loaded = Load(type, 2, [.. new byte[element.Length], .. element]);

        object[] values = loaded.dtype switch
        {
            ScalarType.Float32 => [.. loaded.data<float>().ToArray()],
            ScalarType.Int64 => [.. loaded.data<long>().ToArray()],
            ScalarType.Byte => [.. loaded.data<byte>().ToArray()],
            _ => [.. loaded.data<bool>().ToArray()],
        };
        Assert.Equal([Activator.CreateInstance(expected.GetType())!, expected], values);
    }

    /// <summary>Longer than the buffer by which a file is read.</summary>
    [Fact]
    public void AHundredThousandElements_ComeInTheirOrder()
    {
        const int Count = 100_000;
        var numbers = Enumerable.Range(0, Count).ToArray();

        var floats = Load("Float", Count, [.. numbers.SelectMany(n => BitConverter.GetBytes((float)n))]);
        Assert.Equal(numbers.Select(n => (float)n), floats.data<float>().ToArray());
        var integers = Load("Int", Count, [.. numbers.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal(numbers.Select(n => (long)n), integers.data<long>().ToArray());
        var bytes = Load("Byte", Count, [.. numbers.Select(n => (byte)n)]);
        Assert.Equal(numbers.Select(n => (byte)n), bytes.data<byte>().ToArray());
    }
}
