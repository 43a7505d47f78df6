using System.Text.Json;
using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Weights travel between PyTorch and this engine.</summary>
public sealed class PyTorchModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PyTorchTheory]
    [InlineData("True")]
    [InlineData("False")]
    public void LoadPy_GivesTheLogitsOfPyTorch_InBothFormats(string zip)
    {
        var output = PyTorch.Run(folder, $$"""
            torch.manual_seed(1)
            model = report_b().eval()
            torch.save(model.state_dict(), 'model.pth', _use_new_zipfile_serialization={{zip}})
            torch.manual_seed(2)
            print(json.dumps(model(torch.rand(4, 1, 28, 28)).flatten().tolist()))
            """);
        var model = Networks.ReportB();

        model.load_py(folder.File("model.pth"));

        manual_seed(2);
        AssertClose(JsonSerializer.Deserialize<float[]>(output)!, Logits(model, rand(4, 1, 28, 28)));
        // The generator and the initialisers are PyTorch's too, so the weights are known to the last bit.
        manual_seed(1);
        AssertSameWeights(Networks.ReportB(), model);
    }

    [PyTorchFact]
    public void SavePy_GivesPyTorchTheSameLogits_WithWeightsOnly()
    {
        manual_seed(3);
        var model = Networks.ReportB();
        model.save_py(folder.File("model.pth"));

        var output = PyTorch.Run(folder, """
            state = torch.load('model.pth', weights_only=True)
            model = report_b().eval()
            model.load_state_dict(state)
            torch.manual_seed(4)
            print(json.dumps(model(torch.rand(4, 1, 28, 28)).flatten().tolist()))
            torch.save(model.state_dict(), 'back.pth')
            """);

        manual_seed(4);
        AssertClose(JsonSerializer.Deserialize<float[]>(output)!, Logits(model, rand(4, 1, 28, 28)));
        var back = Networks.ReportB();
        back.load_py(folder.File("back.pth"));
        AssertSameWeights(model, back);
    }

    private const string EveryModule = """
        def every_module():
            return nn.Sequential(
                nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=4), nn.BatchNorm2d(8), nn.GELU(), nn.Dropout2d(0.5),
                nn.ConvTranspose2d(8, 6, 3, stride=2, output_padding=1, groups=2), nn.SiLU(), nn.AvgPool2d(2), nn.LeakyReLU(0.1),
                nn.BatchNorm2d(6, affine=False), nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), nn.AdaptiveAvgPool2d(3), nn.Tanh(), nn.Flatten(),
                nn.LayerNorm(54), nn.Sigmoid(), nn.Identity(), nn.Linear(54, 5, bias=False), nn.Softmax(1))

        """;

    private static Sequential EveryModuleHere() => nn.Sequential(
        nn.Conv2d(4, 8, 3, padding: 2, dilation: 2, groups: 4), nn.BatchNorm2d(8), nn.GELU(), nn.Dropout2d(0.5),
        nn.ConvTranspose2d(8, 6, 3, stride: 2, output_padding: 1, groups: 2), nn.SiLU(), nn.AvgPool2d(2), nn.LeakyReLU(0.1),
        nn.BatchNorm2d(6, affine: false), nn.MaxPool2d(3, 2, padding: 1, ceil_mode: true), nn.AdaptiveAvgPool2d(3), nn.Tanh(), nn.Flatten(),
        nn.LayerNorm(54), nn.Sigmoid(), nn.Identity(), nn.Linear(54, 5, hasBias: false), nn.Softmax(1));

    /// <summary>Of a network that PyTorch has trained by a step, so that running statistics and their count are not those of the beginning.</summary>
    [PyTorchFact]
    public void EveryModule_TravelsFromPyTorchAndBack_WithTheSameOutputs()
    {
        var output = PyTorch.Run(folder, EveryModule + """
            torch.manual_seed(1)
            model = every_module()
            model(torch.rand(8, 4, 9, 9)).pow(2).sum().backward()
            torch.optim.SGD(model.parameters(), 0.1).step()
            torch.save(model.eval().state_dict(), 'model.pth')
            torch.manual_seed(2)
            print(json.dumps(model(torch.rand(3, 4, 9, 9)).flatten().tolist()))
            """);
        var model = EveryModuleHere();

        model.load_py(folder.File("model.pth"));
        model.save_py(folder.File("back.pth"));

        manual_seed(2);
        AssertClose(JsonSerializer.Deserialize<float[]>(output)!, Logits(model, rand(3, 4, 9, 9)));
        Assert.Equal("same", PyTorch.Run(folder, EveryModule + """
            model = every_module()
            model.load_state_dict(torch.load('back.pth'))
            first = torch.load('model.pth')
            print('same' if all(torch.equal(v, first[k]) and v.dtype == first[k].dtype for k, v in model.state_dict().items()) else 'not the same')
            """).Trim());
    }

    [PyTorchFact]
    public void LoadPy_ThatDoesNotFit_SaysWhatPyTorchSays()
    {
        var expected = PyTorch.Run(folder, """
            torch.save({'0.weight': torch.zeros(3, 5), '0.bias': torch.zeros(3), 'other': torch.zeros(1), '2.extra': torch.zeros(1)}, 'model.pth')
            try:
                nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)).load_state_dict(torch.load('model.pth'))
            except RuntimeError as e:
                print(' '.join(str(e).split()))
            """).Trim();
        var model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2));

        var exception = Assert.Throws<TensorFileException>(() => model.load_py(folder.File("model.pth")));

        Assert.Equal($"{folder.File("model.pth")}: {expected}", exception.Message);
    }

    private static float[] Logits(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        using var grad = no_grad();
        model.eval();
        return model.call(x).data<float>().ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), v => Assert.Equal(v.First, v.Second, 1e-5f));
    }

    private static void AssertSameWeights(nn.Module expected, nn.Module actual)
    {
        Assert.Equal(expected.state_dict().Keys, actual.state_dict().Keys);
        Assert.All(
            expected.state_dict(), s => Assert.Equal(s.Value.data<float>().ToArray(), actual.state_dict()[s.Key].data<float>().ToArray()));
    }
}
