using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class ThreadsTests
{
    [Fact]
    public void ATrainingStepOfReportB_HasTheSameBits_WithAnyNumberOfThreads()
    {
        var before = get_num_threads();
        try
        {
            var expected = Step(threads: 1);
            Assert.All([2, 3, 7], threads => Assert.Equal(expected, Step(threads)));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static int[][] Step(int threads)
    {
        set_num_threads(threads);
        manual_seed(7);
        using var scope = NewDisposeScope();
        using var model = Networks.ReportB();
        var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
        nn.functional.cross_entropy(model.call(rand(20, 1, 28, 28)), randint(0, 10, 20)).backward();
        optimizer.step();
        return [.. model.parameters().Select(Bits.Of)];
    }
}
