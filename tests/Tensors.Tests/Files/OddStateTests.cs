using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>
/// 200 odd state dictionaries: each loads with the right values, or is refused in one line that names the file, and changes nothing.
/// </summary>
public sealed class OddStateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Parameters of the names and shapes that a file has.</summary>
    private sealed class Bag : nn.Module
    {
        public Bag(OddState state) : base("Bag")
        {
            foreach (var (i, tensor) in state.Tensors.Index())
                register_parameter($"p{i}", new Modules.Parameter(full(tensor.Sizes, -1)));
        }

        public double[][] Values => [.. parameters().Select(p => Array.ConvertAll(p.data<float>().ToArray(), v => (double)v))];
    }

    private static void ForAll(Action<OddState> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(2026, 11), Prop.ForAll(ArbMap.Default.ArbFor<OddState>(), check));

    [Fact]
    public void AnOddState_LoadsWithTheRightValues_OrIsRefusedInOneLine()
    {
        var (file, loaded, refused) = (folder.File("odd.pth"), 0, 0);
        ForAll(state =>
        {
            using var scope = NewDisposeScope();
            File.WriteAllBytes(file, state.File);
            using var model = new Bag(state);
            if (state.IsLegal)
            {
                model.load_py(file);
                Assert.Equal(state.Tensors.Select(t => t.Values), model.Values);
                loaded++;
                return;
            }
            var message = Assert.Throws<TensorFileException>(() => model.load_py(file)).Message;
            Assert.StartsWith($"{file}: ", message);
            Assert.DoesNotContain(message, char.IsControl);
            Assert.All(model.Values, values => Assert.All(values, v => Assert.Equal(-1, v)));
            refused++;
        });
        Assert.True(loaded > 40 && refused > 40, $"{loaded} loaded, {refused} refused");
    }

    /// <summary>The same files and values, by PyTorch.</summary>
    [PyTorchFact]
    public void WhatIsLegalHere_HasTheSameValuesInPyTorch()
    {
        var states = new List<OddState>();
        ForAll(state =>
        {
            if (!state.IsLegal)
                return;
            File.WriteAllBytes(folder.File($"{states.Count}.pth"), state.File);
            states.Add(state);
        });

        var output = PyTorch.Run(folder, $$"""
            def tensors(value):
                return [value] if torch.is_tensor(value) else [t for v in value.values() for t in tensors(v)] if isinstance(value, dict) else []
            print(json.dumps([[t.double().flatten().tolist() for t in tensors(torch.load(f'{i}.pth'))] for i in range({{states.Count}})]))
            """);

        Assert.Equal(states.Select(s => s.Tensors.Select(t => t.Values)), JsonSerializer.Deserialize<double[][][]>(output)!);
    }
}
