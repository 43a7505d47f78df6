using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class MemoryTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void ASteadyTrainingStep_AllocatesUnder64KB()
    {
        var step = TrainingStep(batch: 128);
        Repeat(10, step);
        var bytes = Enumerable.Range(0, 21).Select(_ => Allocated(step)).Order().ToList();
        // The median: now and then two threads first need the same working buffer at once, and the pool gains one.
        Assert.True(bytes[10] < 64 << 10, $"A training step allocates {bytes[10]:N0} bytes.");
    }

    [Fact]
    public void TrainingStepByStep_KeepsItsMemory()
    {
        var step = TrainingStep(batch: 32);
        Repeat(20, step);
        var before = Environment.WorkingSet;
        Repeat(60, step);
        var growth = Environment.WorkingSet - before;
        // A step that kept anything would keep the 13 MB of gradients, or some of the activations: 2.5 MB and more.
        Assert.True(growth < 60 * MiB, $"60 steps grew the process by {growth / MiB} MiB.");
    }

    [Fact]
    public void TensorsDroppedWithoutDispose_AreReclaimed()
    {
        var before = Environment.WorkingSet;
        var most = 0L;
        for (var i = 0; i < 400; i++)
        {
            ones(2 * MiB).add_(1);
            most = Math.Max(most, Environment.WorkingSet - before);
        }
        Assert.True(most < 1024 * MiB, $"Of 400 tensors of 8 MiB that were dropped, {most / MiB} MiB were in memory at once.");
    }

    [Fact]
    public void BuffersThatLieFree_AreGivenBackAtAFullCollection()
    {
        // Old enough to be looked at in full collections alone, as the buffers of a real run are.
        FullCollections(3);
        using (NewDisposeScope())
            _ = ones(24 * MiB);
        var before = GC.GetTotalMemory(forceFullCollection: false);
        FullCollections(3);
        var given = before - GC.GetTotalMemory(forceFullCollection: false);
        Assert.True(given > 90 * MiB, $"Of a free buffer of 96 MiB, {given / MiB} MiB were given back.");
    }

    private static Action TrainingStep(int batch)
    {
        manual_seed(3);
        var model = Networks.ReportB();
        var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
        var (x, y) = (rand(batch, 1, 28, 28), randint(0, 10, batch));
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.call(x), y);
            loss.backward();
            optimizer.step();
        };
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        action();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static void FullCollections(int times) => Repeat(times, () =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    });

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }
}
