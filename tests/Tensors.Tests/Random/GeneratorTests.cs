using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Fgsm.Tensors.Tests;

/// <summary>Against what PyTorch drew (tests/golden/make_random.py), bit for bit unless it says otherwise.</summary>
public class GeneratorTests
{
    /// <summary>A case of random.json; make_random.py says what each field holds.</summary>
    public sealed record Case(
        string Op, ulong Seed, double[] Args, int[]? Sizes, int N, JsonElement[] First, JsonElement[] Last, string? Sha256, string State)
    {
        public override string ToString() => $"{Op}({string.Join(", ", Args)}) x {N}, seed {Seed}";
    }

    private static readonly Case[] Cases = Golden.Read<Case[]>("random.json");

    private static TheoryData<Case> CasesOf(string op) => [.. Cases.Where(c => c.Op == op)];

    public static TheoryData<Case> Uniforms => CasesOf("uniform");
    public static TheoryData<Case> Bernoullis => CasesOf("bernoulli");
    public static TheoryData<Case> Dropouts => CasesOf("dropout");
    public static TheoryData<Case> RandInts => CasesOf("randint");
    public static TheoryData<Case> RandPerms => CasesOf("randperm");
    public static TheoryData<Case> Normals => CasesOf("normal");

    [Theory, MemberData(nameof(Uniforms))]
    public void FillUniform_GivesPyTorchsBits(Case c)
    {
        var values = new float[c.N];
        var generator = new Generator(c.Seed);
        generator.FillUniform(values, c.Args[0], c.Args[1]);
        AssertSame(c, values, generator);
    }

    [Theory, MemberData(nameof(Bernoullis))]
    public void FillBernoulli_GivesPyTorchsMask(Case c)
    {
        var values = new float[c.N];
        var generator = new Generator(c.Seed);
        generator.random();
        generator.FillBernoulli(values, c.Args[0]);
        AssertSame(c, values, generator);
    }

    [Theory, MemberData(nameof(Dropouts))]
    public void FillBernoulli_WithTheScaleAsSuccess_GivesDropoutOfOnes(Case c)
    {
        var values = new float[c.N];
        var generator = new Generator(c.Seed);
        generator.FillBernoulli(values, 1 - c.Args[0], 1 / (float)(1 - c.Args[0]));
        AssertSame(c, values, generator);
    }

    [Theory, MemberData(nameof(RandInts))]
    public void FillRandInt_GivesPyTorchsNumbers(Case c)
    {
        var values = new long[c.N];
        var generator = new Generator(c.Seed);
        generator.FillRandInt(values, Whole(c.Args[0]), Whole(c.Args[1]));
        AssertSame(c, values, generator);

        static long Whole(double x) => x >= long.MaxValue ? long.MaxValue : (long)x;
    }

    [Theory, MemberData(nameof(RandPerms))]
    public void RandPerm_GivesPyTorchsPermutation(Case c)
    {
        var values = new long[c.N];
        var generator = new Generator(c.Seed);
        generator.RandPerm(values);
        AssertSame(c, values, generator);
    }

    /// <summary>PyTorch's vectorised log, sin and cos are a few units of float32 off; the draws, and so the state, are the same.</summary>
    [Theory, MemberData(nameof(Normals))]
    public void FillNormal_GivesPyTorchsValuesToRounding_AndItsState(Case c)
    {
        var values = new float[c.N];
        var generator = new Generator(c.Seed);
        var rest = values.AsSpan();
        foreach (var size in c.Sizes!)
        {
            generator.FillNormal(rest[..size], c.Args[0], c.Args[1]);
            rest = rest[size..];
        }
        var expected = c.First.Select(Float);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * (1 + Math.Abs(pair.First))));
        var state = generator.get_state();
        state.AsSpan(5024, 8).Clear();
        Assert.Equal(c.State, Sha256(state));
    }

    /// <summary>
    /// nn.Conv2d and nn.Linear start from kaiming_uniform_(a = sqrt(5)) weights and uniform biases, both within 1 / sqrt(fan_in).
    /// </summary>
    [Fact]
    public void FillUniform_InPyTorchsOrder_GivesTheStartingWeightsOfTheLayers()
    {
        var layers = Cases.Where(c => c.Op.EndsWith(".weight") || c.Op.EndsWith(".bias")).ToList();
        Assert.Equal(8, layers.Count);

        // Making the layers is one run of the generator, but the cases are described after all of them were made.
        var generator = new Generator(42);
        foreach (var c in layers)
        {
            var values = new float[c.N];
            var fanIn = c.Args[0];
            // PyTorch's own arithmetic: sqrt(3) * (gain / sqrt(fan_in)) with gain = sqrt(2 / (1 + a^2)), and 1 / sqrt(fan_in).
            var bound = c.Op.EndsWith(".weight") ? Math.Sqrt(3.0) * (Math.Sqrt(2.0 / (1 + Math.Pow(Math.Sqrt(5), 2))) / Math.Sqrt(fanIn))
                : 1 / Math.Sqrt(fanIn);
            generator.FillUniform(values, -bound, bound);
            AssertValues(c, values);
        }
        AssertState(layers[^1], generator);
    }

    [Fact]
    public void GetState_OfAFreshGenerator_IsPyTorchsDefault()
    {
        Assert.Equal(new Generator().get_state(), new Generator(67280421310721).get_state());
        Assert.Equal(67280421310721UL, BitConverter.ToUInt64(new Generator().get_state()));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(623), InlineData(624), InlineData(625)]
    public void SetState_GoesOnWhereGetStateWasTaken(int draws)
    {
        var first = new Generator(9);
        first.FillNormal(new float[3]);
        for (var i = 0; i < draws; i++) first.random();

        var second = new Generator();
        second.set_state(first.get_state());
        Assert.Equal(first.get_state(), second.get_state());

        var (a, b) = (new float[700], new float[700]);
        first.FillNormal(a.AsSpan(0, 5));
        first.FillUniform(a.AsSpan(5));
        second.FillNormal(b.AsSpan(0, 5));
        second.FillUniform(b.AsSpan(5));
        Assert.Equal(a, b);
    }

    [Fact]
    public void SetState_WithBytesThatAreNoState_Throws_AndChangesNothing()
    {
        var generator = new Generator(9);
        var before = generator.get_state();
        var broken = generator.get_state();
        broken[8] = 77;
        Assert.Throws<ArgumentException>(() => generator.set_state(broken));
        Assert.Throws<ArgumentException>(() => generator.set_state(new byte[10]));
        Assert.Equal(before, generator.get_state());
    }

    [Fact]
    public void Random_OneByOne_GivesWhatFillGives()
    {
        var filled = new uint[2000];
        new Generator(11).Fill(filled);
        var single = new Generator(11);
        Assert.All(filled, x => Assert.Equal(x, single.random()));
    }

    /// <summary>The published check of mt19937: seed 5489, the 10,000th number (ISO C++, [rand.predef]).</summary>
    [Fact]
    public void Random_TenThousandthNumberOfTheStandardSeed_IsThePublishedOne()
    {
        var numbers = new uint[10_000];
        new Generator(5489).Fill(numbers);
        Assert.Equal(4123659995, numbers[^1]);
    }

    [Fact]
    public void BadArguments_Throw()
    {
        var generator = new Generator();
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillUniform(new float[1], 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillUniform(new float[1], 0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillNormal(new float[1], 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillBernoulli(new float[1], 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillBernoulli(new float[1], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillRandInt(new long[1], 3, 3));
    }

    private static void AssertSame<T>(Case c, T[] values, Generator generator) where T : unmanaged
    {
        AssertValues(c, values);
        AssertState(c, generator);
    }

    internal static void AssertValues<T>(Case c, T[] values) where T : unmanaged
    {
        var expected = values is float[] ? c.First.Select(x => (object)Float(x)) : c.First.Select(x => (object)x.GetInt64());
        var actual = values.Take(c.First.Length).Select(x => (object)x);
        Assert.Equal(expected, actual);
        Assert.Equal(c.Sha256, Sha256(MemoryMarshal.AsBytes(values.AsSpan())));
    }

    private static void AssertState(Case c, Generator generator) => Assert.Equal(c.State, Sha256(generator.get_state()));

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static float Float(JsonElement hex) => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(hex.GetString(), 16));
}
