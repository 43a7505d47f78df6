using System.Runtime.InteropServices;
using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>The arguments of an op in a golden file.</summary>
internal static class GoldenArguments
{
    public static long Long(this Dictionary<string, JsonElement> args, string name) => args[name].GetInt64();
    public static long[] Longs(this Dictionary<string, JsonElement> args, string name) =>
        [.. args[name].EnumerateArray().Select(x => x.GetInt64())];
    public static double Double(this Dictionary<string, JsonElement> args, string name) => args[name].GetDouble();
    public static bool Bool(this Dictionary<string, JsonElement> args, string name) => args[name].GetBoolean();
}

/// <summary>A tensor of a golden file in one of the three forms that make_ops.py describes.</summary>
public sealed record GoldenTensor(long[] Shape, string? Dtype, byte[]? Data, ulong? Seed, double Low, double High, int? Every, double? Sum)
{
    public bool IsFloat => Dtype is null or "float32";

    public bool IsRandom => Seed is not null;

    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    public Tensor ToTensor()
    {
        if (Seed is { } seed)
        {
            var values = new float[Count];
            new Generator(seed).FillUniform(values, Low, High);
            return tensor(values, Shape);
        }
        return Dtype switch
        {
            "float32" => tensor(Values<float>(), Shape),
            "int64" => tensor(Values<long>(), Shape),
            _ => tensor(Values<bool>(), Shape),
        };
    }

    private T[] Values<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data).ToArray();

    /// <summary>Floats to <paramref name="tolerance"/>, relative to the largest value; all else exactly.</summary>
    public void AssertEqualTo(Tensor actual, string what, double tolerance)
    {
        Assert.True(Shape.AsSpan().SequenceEqual(actual.shape),
            $"{what} has shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", Shape)}]");
        if (Dtype == "int64")
        {
            Assert.Equal(Values<long>(), actual.data<long>().ToArray());
            return;
        }
        if (Dtype == "bool")
        {
            Assert.Equal(Values<bool>(), actual.data<bool>().ToArray());
            return;
        }
        var (expected, values, step) = (Values<float>(), actual.data<float>().ToArray(), Every ?? 1);
        Assert.Equal(expected.Length, (values.Length + step - 1) / step);
        var scale = tolerance * expected.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i].Equals(values[i * step]) || Math.Abs(expected[i] - values[i * step]) <= scale,
                $"{what}[{i * step}] is {values[i * step]:R}, PyTorch has {expected[i]:R}");
        if (Sum is { } sum)
            Assert.Equal(sum, values.Sum(x => (double)x), tolerance * values.Sum(x => (double)Math.Abs(x)));
    }
}
