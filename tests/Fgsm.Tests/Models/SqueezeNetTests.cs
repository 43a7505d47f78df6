using Fgsm.Data;
using Fgsm.Models;

namespace Fgsm.Tests;

public class SqueezeNetTests
{
    /// <summary>torchvision's squeezenet1_1: 1,235,496 parameters in 52 tensors of these names and shapes.</summary>
    [Fact]
    public void Names_AreTorchvisions()
    {
        var state = new SqueezeNet().state_dict();

        Assert.Equal(1_235_496, new SqueezeNet().CountParameters());
        Assert.Equal(52, state.Count);
        Assert.Equal([64L, 3, 3, 3], state["features.0.weight"].shape);
        Assert.Equal([16L, 64, 1, 1], state["features.3.squeeze.weight"].shape);
        Assert.Equal([192L, 48, 3, 3], state["features.10.expand3x3.weight"].shape);
        Assert.Equal([256L], state["features.12.expand1x1.bias"].shape);
        Assert.Equal([1000L, 512, 1, 1], state["classifier.1.weight"].shape);
    }

    [Fact]
    public void ItTakesImagesOfAnySize_AndGivesLogits()
    {
        var model = new SqueezeNet(classes: 7);
        model.eval();

        Assert.Equal([2L, 7], model.call(rand(2, 3, 64, 80)).shape);
    }

    public sealed record Case(string Folder, int Found, double Logit);

    /// <summary>The release for Caffe on an image of each class, against PyTorch (tests/golden/make_squeezenet.py).</summary>
    [ImageNetTheory]
    [InlineData(10)]
    public void FromCaffe_GivesPyTorchsClassesAndLogits(int images)
    {
        var folder = DataFolders.Standard().ImageNets.First(Directory.Exists);
        var model = SqueezeNet.Pretrained();
        model.eval();
        var golden = Golden.Read<Case[]>("squeezenet.json");
        var (x, y) = TensorSet.From(ImageFolder.Load(folder, "ImageNet subset", 227, 227).Test).Range(0, images);

        using var grad = no_grad();
        var logits = model.call(x);

        var classes = File.ReadLines(Path.Combine(folder, "classes.txt")).Select(line => line.Split(' ')[0]).ToList();
        Assert.Equal(golden.Select(c => c.Folder), y.data<long>().ToArray().Select(label => classes[(int)label]));
        Assert.Equal(golden.Select(c => (long)c.Found), logits.argmax(1).data<long>().ToArray());
        Assert.All(golden.Zip(logits.amax(1).Floats()), c => Assert.Equal(c.First.Logit, c.Second, 2e-3));
    }
}
