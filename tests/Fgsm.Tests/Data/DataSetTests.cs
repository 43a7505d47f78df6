using Fgsm.Data;
using Fgsm.Results;

namespace Fgsm.Tests;

public class DataSetTests
{
    [Fact]
    public void Record_SaysWhatWasMeasuredOn_AndGivesTheSetBack()
    {
        var records = new List<ResultRecord>();
        var (before, set) = (Results.Results.Recorded, SyntheticDigits.Draw(7, 10, 10));
        Results.Results.Recorded = records.Add;
        try
        {
            Assert.Same(set, set.Record("b.digits"));
        }
        finally
        {
            Results.Results.Recorded = before;
        }

        Assert.Equal(
            [("b.digits.data.name", set.Name), ("b.digits.data.sha256", set.Test.Sha256), ("b.digits.data.synthetic", "yes")],
            records.Select(r => (r.Name, (string)r.Value)));
    }

    [Fact]
    public void Load_OfDigitsThatTheProjectDraws_GivesThem_AndTheirClassesAreDigits()
    {
        var set = DataSet.Load("synthetic digits");

        Assert.Equal(("synthetic digits", 10_000, "Digit"), (set.Name, set.Test.Count, set.ClassHeading));
    }

    [Fact]
    public void Load_OfAnUnknownName_SaysWhichThereAre()
    {
        var error = Assert.Throws<DataException>(() => DataSet.Load("Mnist"));

        Assert.Equal("This project does not read Mnist; it reads MNIST, Fashion-MNIST, CIFAR-10, ImageNet and synthetic digits.", error.Message);
        Assert.True(error.IsMissing);
    }

    [Fact]
    public void ClassHeading_OfClothes_IsClass()
    {
        var clothes = new ImageSet("clothes", [0], [1], 1, 1, 1, ["shirt", "coat"], "");

        Assert.Equal("Class", new DataSet(clothes, clothes).ClassHeading);
    }
}
