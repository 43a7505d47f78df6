using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class AdversarialExamplesTests
{
    private static readonly FGSM Attack = new(0.05);

    private readonly TensorSet data = TinyProblem.Images(40);

    [Theory]
    [InlineData(16, 0, 0)]
    [InlineData(16, 0.5, 8)]
    [InlineData(16, 1, 16)]
    [InlineData(16, 0.25, 4)]
    [InlineData(7, 0.5, 4)] // of an odd batch the larger half
    [InlineData(7, 1, 7)]
    [InlineData(7, 0, 0)]
    [InlineData(1, 0.5, 1)]
    [InlineData(1, 0.4, 0)]
    public void Mix_AttacksTheLastImagesOfTheBatch_AndKeepsTheOthers(int batch, double share, int attacked)
    {
        var model = TinyModels.WithDropout();
        var (x, y) = data.Range(0, batch);
        var before = x.Floats();

        var mixed = new AdversarialExamples(Attack, share).Mix(model, x, y);

        Assert.Equal(x.shape, mixed.shape);
        var clean = batch - attacked;
        Assert.Equal(before[..(clean * 16)], mixed.Floats()[..(clean * 16)]);
        var expected = attacked == 0 ? [] : Attack.Attack(model, x[clean..], y[clean..]).Floats();
        Assert.Equal(expected, mixed.Floats()[(clean * 16)..]);
        Assert.All(TinyProblem.Split(before).Zip(TinyProblem.Split(mixed.Floats())).Skip(clean), i => Assert.NotEqual(i.First, i.Second));
        Assert.Equal(before, x.Floats());
    }

    [Theory]
    [InlineData(16, new[] { 8, 10, 13, 16 })]
    [InlineData(3, new[] { 1, 1, 2, 3 })]
    [InlineData(1, new[] { 0, 0, 0, 1 })]
    public void Mix_WithSeveralAttacks_GivesEachAnEqualPart(int batch, int[] starts)
    {
        var model = TinyModels.WithDropout();
        var (x, y) = data.Range(0, batch);
        FGSM[] attacks = [new(0.01), new(0.05), new(0.1)];

        var mixed = new AdversarialExamples(attacks).Mix(model, x, y).Floats();

        Assert.Equal(x[..starts[0]].Floats(), mixed[..(starts[0] * 16)]);
        foreach (var (i, attack) in attacks.Index())
        {
            var (start, end) = (starts[i], starts[i + 1]);
            Assert.Equal(attack.Attack(model, x[start..end], y[start..end]).Floats(), mixed[(start * 16)..(end * 16)]);
        }
    }

    [Fact]
    public void Constructor_WithoutAttacks_Throws() =>
        AssertOneLine(Assert.Throws<ArgumentException>(() => new AdversarialExamples([])), "at least one attack");

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(0.5, new[] { 8, 8, 4 })]
    [InlineData(1, new[] { 16, 16, 8 })]
    public void Fit_AttacksTheShareOfEveryBatch_TheLastSmallerOneToo(double share, int[] attacked)
    {
        var recorder = new Recorder(TinyModels.WithDropout());

        new Trainer(recorder, optim.SGD(recorder.parameters(), 0.1), new AdversarialExamples(Attack, share)) { BatchSize = 16 }.Fit(data, 1);

        Assert.Equal(attacked, recorder.Evaluation.Select(c => c.Count));
        Assert.Equal([16, 16, 8], recorder.Training.Select(c => c.Count));
    }

    [Fact]
    public void Fit_AttacksTheModelAsItIsAtThatBatch()
    {
        var images = TinyProblem.Split(data.Images.Floats());
        var labels = images.Zip(data.Labels.data<long>().ToArray()).ToDictionary(i => i.First, i => i.Second);
        var inner = TinyModels.WithDropout();
        var first = TinyModels.WithDropout();
        var recorder = new Recorder(inner);
        var (batches, changed) = (0, 0);
        recorder.OnCall = call =>
        {
            if (!call.Training)
                return;
            // The attack's own call came just before, with the clean images.
            var clean = recorder.Calls[^2];
            var x = tensor(clean.Input, [clean.Count, 1, 4, 4]);
            var y = Labels([.. TinyProblem.Split(clean.Input).Select(i => labels[i])]);
            Assert.Equal(Attack.Attack(inner, x, y).Floats(), call.Input[^clean.Input.Length..]);
            batches++;
            if (!Attack.Attack(first, x, y).Floats().SequenceEqual(call.Input[^clean.Input.Length..]))
                changed++;
        };

        new Trainer(recorder, optim.SGD(recorder.parameters(), 0.5), new AdversarialExamples(Attack)) { BatchSize = 16 }.Fit(data, 4);

        Assert.Equal(12, batches);
        // The attacks on the starting weights would have been others.
        Assert.InRange(changed, 1, 11);
    }

    [Fact]
    public void Fit_TrainsOnTheTrueLabelsOfAdversarialImages()
    {
        var model = nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(16, 2)));
        var attacked = new FGSM(0.1).Attack(model, data.Images, data.Labels);

        var epoch = new Trainer(model, optim.SGD(model.parameters(), 0), new AdversarialExamples(new FGSM(0.1), share: 1)).Fit(data, 1).Single();

        Assert.Equal(nn.functional.cross_entropy(model.call(attacked), data.Labels).ToSingle(), epoch.Loss, 1e-6);
    }

    [Fact]
    public void Fit_AdversarialTraining_MakesTheTinyProblemHarderToAttack()
    {
        var strong = new FGSM(0.2);
        double Robust(AdversarialExamples? examples)
        {
            var model = TinyModels.WithDropout();
            new Trainer(model, optim.SGD(model.parameters(), 0.1, momentum: 0.9), examples) { BatchSize = 8 }.Fit(data, 10);
            model.eval();
            return nn.functional.cross_entropy(model.call(strong.Attack(model, data.Images, data.Labels)), data.Labels).ToSingle();
        }

        Assert.True(Robust(new AdversarialExamples(strong)) < Robust(null));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(50)]
    [InlineData(double.NaN)]
    public void Constructor_ShareThatIsNotFrom0To1_Throws(double share) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new AdversarialExamples(Attack, share)), "share must be from 0 to 1", FormattableString.Invariant($"got {share}"));
}
