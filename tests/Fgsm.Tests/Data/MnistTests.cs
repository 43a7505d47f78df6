using Fgsm.Data;

namespace Fgsm.Tests;

public class MnistTests
{
    [MnistFact]
    public void Mnist_IsThePublishedDataSet()
    {
        var data = DataSet.Mnist();

        Assert.Equal((60_000, 10_000), (data.Train.Count, data.Test.Count));
        Assert.Equal((1, 28, 28), (data.Test.Channels, data.Test.Height, data.Test.Width));
        // The first labels that every tutorial shows.
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], data.Train.Labels[..10]);
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], data.Test.Labels[..10]);
        Assert.False(data.IsSynthetic);
    }

    [MnistFact]
    public void MnistOrSynthetic_WhereMnistIs_GivesMnistWithoutANotice()
    {
        var data = DataSet.MnistOrSynthetic();

        Assert.Equal("MNIST", data.Name);
        Assert.Null(data.Notice);
    }
}
