using Fgsm.Data;
using Fgsm.Evaluation;

namespace Fgsm.Tests;

public class WarningsTests
{
    private static readonly TensorSet Data = TinyProblem.Images(40);

    /// <summary>Logits that tell TinyProblem's two classes apart.</summary>
    private static Sequential Good() => TinyModels.Linear(Sides(1), Sides(-1));

    private static float[] Sides(float left) => [.. Enumerable.Range(0, 16).Select(i => i % 4 < 2 ? left : -left)];

    private static nn.Module<Tensor, Tensor> InEval(nn.Module<Tensor, Tensor> model)
    {
        model.eval();
        return model;
    }

    private static IReadOnlyList<string> Of(nn.Module<Tensor, Tensor> model, TensorSet data) =>
        Warnings.Of(model, data, EpsSweep.Run(model, data, [0.01, 0.1, 0.3]));

    private static void AssertWarns(IReadOnlyList<string> warnings, params string[] parts)
    {
        var warning = Assert.Single(warnings);
        Assert.DoesNotContain('\n', warning);
        Assert.All(parts, part => Assert.Contains(part, warning));
    }

    [Fact]
    public void Of_AGoodModelOnGoodData_IsSilent() => Assert.Empty(Of(InEval(Good()), Data));

    [Fact]
    public void Of_AModelInTrainingMode_SaysSo_AndLeavesItInItsMode()
    {
        var model = Good();

        AssertWarns(Of(model, Data), "training mode", "eval()");

        Assert.DoesNotContain(false, model.Modes());
    }

    [Fact]
    public void Of_APartInTrainingMode_SaysSo()
    {
        var model = InEval(Good());
        model.children().Last().train();

        AssertWarns(Of(model, Data), "training mode");
    }

    [Theory]
    [InlineData(255, 0, "255")]
    [InlineData(2, -1, "-1")]
    [InlineData(double.NaN, 0, "NaN")]
    public void Of_PixelsOutside0To1_GivesTheirRange(double scale, double shift, string part)
    {
        var images = Data.Images.Floats();
        images[0] = 1;
        images[1] = 0;
        var data = Data with { Images = tensor([.. images.Select(p => (float)(p * scale + shift))], [40, 1, 4, 4]) };

        AssertWarns(Warnings.Of(InEval(Good()), data), "Pixels run from", part, "[0, 1]");
    }

    [Fact]
    public void Of_PixelsFrom0To1_IsSilent() =>
        Assert.Empty(Warnings.Of(InEval(TinyModels.Linear([2, 0], [0, 2])), new TensorSet(tensor([0f, 1f], [1, 1, 1, 2]), TestTensors.Labels(0))));

    /// <summary>A softmax of large logits rounds to 1 and 0.</summary>
    [Fact]
    public void Of_ProbabilitiesOf1And0_SaysThatTheyAreProbabilities() => AssertWarns(OfOutputs(1, 0, 0), "probabilities, not logits");

    [Theory]
    [InlineData(0.9f, 0.8f, 0.1f)] // not negative, as after a ReLU
    [InlineData(2, -1, 0)]         // the sum is 1 by chance
    public void Of_LogitsThatAreLikeProbabilitiesInOneWay_IsSilent(float first, float second, float third) => Assert.Empty(OfOutputs(first, second, third));

    /// <summary>Of a model that has these outputs for an image of one white pixel.</summary>
    private static IReadOnlyList<string> OfOutputs(params float[] outputs) =>
        Warnings.Of(InEval(TinyModels.Linear([.. outputs.Select(o => new[] { o })])), new TensorSet(ones(1, 1, 1, 1), TestTensors.Labels(0)));

    [Fact]
    public void Of_AModelThatEndsInSoftmax_SaysSo() => AssertWarns(Warnings.Of(InEval(new Softmax(Good())), Data), "probabilities, not logits");

    [Theory]
    [InlineData(1, "1 to 2")]
    [InlineData(-1, "-1 to 0")]
    public void Of_LabelsThatAreNotClasses_GivesTheirRange(int shift, string range) =>
        AssertWarns(Warnings.Of(InEval(Good()), Data with { Labels = tensor([.. Data.Labels.data<long>().ToArray().Select(l => l + shift)]) }), range, "classes 0 to 1");

    [Fact]
    public void Of_LabelsOfOtherImages_SaysThatTheModelGuesses()
    {
        var swapped = Data with { Labels = tensor([.. Data.Labels.data<long>().ToArray().Select(l => 1 - l)]) };

        AssertWarns([.. Of(InEval(Good()), swapped)], "0.00 %", "no better than guessing among 2 classes", "labels");
    }

    /// <summary>Guessing among 2 classes, 100 images: 50 % are right on average, with a standard deviation of 5 %; 65 % may be luck.</summary>
    [Theory]
    [InlineData(40, true)]
    [InlineData(65, true)]
    [InlineData(66, false)]
    public void Of_AnAccuracyWithinThreeStandardDeviationsOfGuessing_SaysSo(int right, bool warns)
    {
        long[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 2L)];
        var clean = new Predictions(labels, [.. labels.Select((label, i) => i < right ? label : 1 - label)], new float[100]);

        Assert.Equal(warns, Warnings.Of(new EpsSweep(clean, [], 0)).Any(w => w.Contains("no better than guessing among 2 classes")));
    }

    /// <summary>Weights so large that the loss of most images is 0 in float32, and with it the gradient.</summary>
    [Fact]
    public void Of_ZeroGradients_GivesTheirShare()
    {
        var data = new TensorSet(tensor([1f, 0.001f, 1f, 1f], [4, 1, 1, 1]), TestTensors.Labels(1, 1, 1, 1));
        var sweep = EpsSweep.Run(TinyModels.Linear([0], [200]), data, [0.0001]);

        AssertWarns([.. Warnings.Of(sweep).Where(w => w.Contains("gradient"))], "75.00 % of the images", "gradient of 0");
    }

    /// <summary>A training that diverged: argmax takes class 0 for the highest of NaNs, and 80 % of the images are of class 0.</summary>
    [Fact]
    public void Of_AModelOfNaNs_CountsItsLogitsAndGradients_AndTakesNoneForRight()
    {
        var model = InEval(TinyModels.Linear([float.NaN], [float.NaN]));
        var data = new TensorSet(full([10, 1, 1, 1], 0.5f), TestTensors.Labels(0, 0, 0, 0, 1, 0, 0, 0, 0, 1));

        var sweep = EpsSweep.Run(model, data, [0.1]);
        var found = SmallestEps.Search(model, data);

        Assert.Equal((0, 10), (sweep.Clean.Correct, sweep.Clean.NonFinite));
        Assert.Equal((0.0, 10), (sweep.Points[0].RobustAccuracy, sweep.NonFiniteGradients));
        Assert.Equal(0, found.NeverTurned);
        var warnings = Warnings.Of(sweep);
        Assert.Contains(warnings, w => w.StartsWith("10 of 10 images have logits that are NaN or infinite without attack"));
        Assert.Contains(warnings, w => w.StartsWith("10 of 10 images have logits that are NaN or infinite at eps 0.1"));
        Assert.Contains(warnings, w => w.StartsWith("10 of 10 images have a gradient with a NaN or an infinity"));
        AssertWarns(Warnings.Of(found), "10 of 10");
    }

    [Fact]
    public void Of_AnAttackThatHelps_NamesTheEps()
    {
        var labels = Data.Labels.data<long>().ToArray();
        var clean = new Predictions(labels, [1 - labels[0], .. labels[1..]], new float[40]);
        var sweep = new EpsSweep(clean, [new EpsPoint(0.1, clean, clean), new EpsPoint(0.2, clean, clean with { Predicted = clean.Labels })], ZeroGradients: 0);

        AssertWarns(Warnings.Of(sweep), "eps 0.2", "100.00 %", "97.50 %", "Check the sign");
    }

    /// <summary>Once for all strengths, and without advice that such a model does not need.</summary>
    [Fact]
    public void Of_AnAttackThatHelpsAModelTrainedOnIt_NamesLabelLeakingOnce()
    {
        var labels = Data.Labels.data<long>().ToArray();
        var clean = new Predictions(labels, [1 - labels[0], .. labels[1..]], new float[40]);
        var helped = clean with { Predicted = labels };
        var sweep = new EpsSweep(clean, [new EpsPoint(0.1, clean, helped), new EpsPoint(0.2, clean, clean), new EpsPoint(0.3, clean, helped)], ZeroGradients: 0);

        var warnings = Warnings.Of(sweep, trainedOnIt: true);

        AssertWarns(warnings, "eps 0.1, 0.3", "100.00 %", "97.50 %", "label leaking");
        Assert.DoesNotContain("Check the sign", Assert.Single(warnings));
    }

    /// <summary>100 images of class 0, of which the first so many are right.</summary>
    private static Predictions Right(int count) => new(new long[100], [.. Enumerable.Range(0, 100).Select(i => i < count ? 0L : 1)], new float[100]);

    [Theory]
    [InlineData(95, 90)] // PGD is a little stronger: no news
    [InlineData(95, 85)]
    [InlineData(20, 60)] // PGD is weaker
    public void Of_FgsmAndPgdThatAgree_IsSilent(int fgsm, int pgd) => Assert.Empty(Warnings.Of(new EpsPoint(0.3, Right(99), Right(fgsm)), Right(pgd)));

    [Theory]
    [InlineData(95, 0)]
    [InlineData(97, 40)]
    public void Of_FgsmFarAbovePgd_OnAModelThatWithstandsFgsm_IsCatastrophicOverfitting(int fgsm, int pgd) =>
        AssertWarns(Warnings.Of(new EpsPoint(0.3, Right(99), Right(fgsm)), Right(pgd)), "eps 0.3", $"{fgsm}.00 %", $"{pgd}.00 %", $"{fgsm - pgd}.00 points", "catastrophic overfitting");

    [Theory]
    [InlineData(15, 0)]  // never robust, so nothing was overfitted
    [InlineData(50, 0)]  // half of the clean accuracy is not more than half
    [InlineData(95, 80)] // weaker, not lost
    [InlineData(80, 40)]
    public void Of_FgsmAbovePgd_OtherwiseSaysThatOneStepMisses(int fgsm, int pgd)
    {
        var warnings = Warnings.Of(new EpsPoint(0.3, Right(100), Right(fgsm)), Right(pgd));

        AssertWarns(warnings, "eps 0.3", $"{pgd}.00 %", "small steps");
        Assert.DoesNotContain("catastrophic", warnings[0]);
    }

    [Fact]
    public void Of_PgdOfTheFirstImages_ComparesThose()
    {
        var point = new EpsPoint(0.3, Right(100), Right(50));

        Assert.Empty(Warnings.Of(point, Right(50).Take(50)));
        AssertWarns(Warnings.Of(point, Right(0).Take(50)), "100.00 %", "0.00 %");
    }

    private sealed class Softmax : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> inner;

        public Softmax(nn.Module<Tensor, Tensor> inner) : base("Softmax")
        {
            this.inner = inner;
            RegisterComponents();
            eval();
        }

        public override Tensor forward(Tensor input) => nn.functional.softmax(inner.call(input), 1);
    }
}
