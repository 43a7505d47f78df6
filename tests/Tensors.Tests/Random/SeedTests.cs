using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>manual_seed and what follows it, through the public names, against PyTorch (tests/golden/make_random.py).</summary>
public class SeedTests
{
    private static readonly GeneratorTests.Case[] Cases = Golden.Read<GeneratorTests.Case[]>("random.json");

    private static GeneratorTests.Case Find(string op, int n) => Cases.First(c => c.Op == op && c.N == n);

    [Fact]
    public void Layers_FromSeed42_StartWithPyTorchsBits()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        nn.Module[] layers = [nn.Conv2d(1, 32, 5, padding: 2), nn.Conv2d(32, 64, 5), nn.Linear(3136, 1024), nn.Linear(1024, 10)];
        var parameters = layers.SelectMany(l => l.named_parameters()).ToList();
        var expected = Cases.Where(c => c.Op.EndsWith(".weight") || c.Op.EndsWith(".bias")).ToList();
        Assert.Equal(expected.Select(c => c.Op.Split('.')[1]), parameters.Select(p => p.name));
        foreach (var (c, p) in expected.Zip(parameters)) GeneratorTests.AssertValues(c, p.parameter.data<float>().ToArray());
    }

    [Fact]
    public void Uniform_GivesPyTorchsBits()
    {
        var c = Cases.First(c => c.Op == "uniform" && c.N == 1000 && c.Args[0] == -0.2);
        manual_seed((long)c.Seed);
        GeneratorTests.AssertValues(c, empty(c.N).uniform_(c.Args[0], c.Args[1]).data<float>().ToArray());
    }

    [Fact]
    public void Rand_GivesPyTorchsBits()
    {
        var c = Cases.First(c => c.Op == "uniform" && c.N == 1000 && c.Args is [0, 1]);
        manual_seed((long)c.Seed);
        GeneratorTests.AssertValues(c, rand(10, 100).data<float>().ToArray());
    }

    [Fact]
    public void RandPerm_GivesPyTorchsPermutation()
    {
        var c = Find("randperm", 60_000);
        manual_seed((long)c.Seed);
        GeneratorTests.AssertValues(c, randperm(60_000).data<long>().ToArray());
    }

    [Fact]
    public void RandInt_GivesPyTorchsNumbers()
    {
        var c = Cases.First(c => c.Op == "randint" && c.Args is [-5, 6]);
        manual_seed((long)c.Seed);
        GeneratorTests.AssertValues(c, randint(-5, 6, c.N).data<long>().ToArray());
    }

    [Fact]
    public void Dropout_InTraining_DrawsPyTorchsMask()
    {
        var c = Cases.First(c => c.Op == "dropout" && c.Args[0] == 0.5);
        manual_seed((long)c.Seed);
        GeneratorTests.AssertValues(c, nn.functional.dropout(ones(c.N), 0.5, training: true).data<float>().ToArray());
    }

    /// <summary>As Python's torch.manual_seed(-1), which stands for 2^64 - 1.</summary>
    [Fact]
    public void NegativeSeed_CountsFromTheEnd()
    {
        manual_seed(-1);
        var values = new long[5];
        new Generator(ulong.MaxValue).FillRandInt(values, 0, 100);
        Assert.Equal(values, randint(0, 100, 5).data<long>().ToArray());
    }
}
