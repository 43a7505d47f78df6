namespace Fgsm.Tensors.Tests;

/// <summary>Of a type of number that nothing else uses, so that the pool is the test's alone.</summary>
[Collection(nameof(BufferPoolTests))]
public class BufferPoolTests
{
    /// <summary>No other test runs meanwhile: it might collect.</summary>
    [CollectionDefinition(nameof(BufferPoolTests), DisableParallelization = true)]
    public sealed class Alone;

    private const int MB = (1 << 20) / sizeof(decimal);

    /// <summary>192 MB and more at once, which is more than the pool keeps of work that is over.</summary>
    private static readonly int[] Step = [.. Enumerable.Range(0, 12).Select(i => (12 + i) * MB)];

    [Fact]
    public void AStepThatIsRepeated_AllocatesNothing_WhateverItsSize_AndWhoeverCollects()
    {
        Work(Step);
        Work(Step);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Work(Step);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 5; i++)
            Work([.. Step, 100 + i]);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MB);
    }

    [Fact]
    public void OtherWork_TakesThePlaceOfWhatWasThere()
    {
        var earlier = Work(Step);

        Work([.. Step.Select(length => 2 * length)]);

        // Of more than 192 MB at most 128 are kept.
        GC.Collect();
        Assert.InRange(earlier.Sum(array => array.Target is decimal[] kept ? kept.Length / MB : 0), 1, 128);
    }

    [Fact]
    public void WhereNobodyWorks_TwoCollectionsTakeAll()
    {
        var arrays = Work(Step);
        Assert.All(arrays, array => Assert.True(array.IsAlive));

        for (var i = 0; i < 3; i++)
            Collect();

        Assert.All(arrays, array => Assert.False(array.IsAlive));
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>Memory of these lengths, all at once, and back.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] Work(int[] lengths)
    {
        decimal[][] arrays = [.. lengths.Select(length => BufferPool<decimal>.Rent(length).Array)];
        foreach (var array in arrays)
            BufferPool<decimal>.Return(array);
        return [.. arrays.Select(array => new WeakReference(array))];
    }
}
