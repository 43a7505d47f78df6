namespace Fgsm.Tests;

/// <summary>What a reader writes in a cell means the same on both engines.</summary>
public class EngineTests
{
    [Fact]
    public void ANumber_IsAssignedToAPartOfATensor()
    {
        var x = zeros(2, 3);

        x[0, 1] = 1;
        x[^1, 2] = 0.5;
        x[.., 0] = -2f;

        Assert.Equal([-2f, 1, 0, -2, 0, 0.5f], x.Floats());
    }
}
