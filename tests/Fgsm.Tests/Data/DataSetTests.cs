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
}
