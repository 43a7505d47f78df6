using Fgsm.Attacks;
using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Training;

namespace Fgsm.Tests;

/// <summary>
/// On networks that have learned MNIST: whatever is certified is robust, whatever is robust stands under every attack, and the stronger
/// attack leaves less, for every image and eps.
/// </summary>
public class OrderingTests
{
    private static Sequential Trained(bool convolution)
    {
        manual_seed(42);
        var model = convolution
            ? nn.Sequential(nn.Conv2d(1, 4, 4, stride: 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 9 * 9, 16), nn.ReLU(), nn.Linear(16, 10))
            : nn.Sequential(nn.Flatten(), nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 10));
        new Trainer(model, optim.Adam(model.parameters(), 2e-3)) { BatchSize = 64 }.Fit(TensorSet.From(DataSet.Mnist().Train).Range(0, 10_000), 3);
        return model;
    }

    [MnistFact]
    public void OfALinearNetworkWithReLUs_ProofsAreBelowTheTruth_AndAttacksAboveIt() => AssertOrdered(Trained(convolution: false));

    [MnistFact]
    public void OfAConvolutionalNetwork_ProofsAreBelowTheTruth_AndAttacksAboveIt() => AssertOrdered(Trained(convolution: true));

    private static void AssertOrdered(Sequential model)
    {
        var data = TensorSet.From(DataSet.Mnist().Test).Range(0, 20);
        var bracket = EpsBracket.Search(model, data, nodeLimit: 200);
        var images = Enumerable.Range(0, data.Count).ToList();
        Assert.InRange(bracket.Clean.Correct, 15, 20);

        foreach (var eps in new[] { 0.02, 0.05 })
        {
            var certificates = Enum.GetValues<BoundMethod>().Select(method => Certificates.Of(model, data, eps, method)).ToList();
            var attacks = AttackSuite.Run(model, data,
                [new AutoAttack(eps), new PGD(eps, eps / 8, 40, randomStart: false), new FGSM(eps)]);

            // From the smallest set of images to the largest.
            List<(string Name, Func<int, bool> Stands)> sets =
            [
                .. certificates.Select((c, i) => ($"certified by {(BoundMethod)i}", (Func<int, bool>)c.IsCertified)),
                ("robust by proof", image => bracket.Low[image] >= eps && bracket.Clean.IsCorrect(image)),
                .. attacks.Outcomes.Select(o => (o.Attack, (Func<int, bool>)o.Attacked.IsCorrect)),
                ("clean", attacks.Clean.IsCorrect),
            ];
            Assert.InRange(images.Count(sets[2].Stands), 1, 19);
            Assert.All(sets.Zip(sets.Skip(1)), pair =>
                Assert.All(images.Where(pair.First.Stands), image =>
                    Assert.True(pair.Second.Stands(image), $"At eps {eps} image {image} is {pair.First.Name} and not {pair.Second.Name}.")));
        }
    }
}
