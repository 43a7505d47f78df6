using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class IndexingTests
{
    private static Tensor Numbers() => arange(12).reshape(3, 4).to_type(float32);

    [Fact]
    public void Bytes_AreSelected_AndBecomeNumbers()
    {
        var bytes = tensor(Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray());

        Assert.Equal([255, 0, 44], bytes.index_select(0, tensor([255L, 256, 300])).data<byte>().ToArray());
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => i % 256f), bytes.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void TheBytesOfATensor_AreItsMemory()
    {
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], tensor([1f, -2]).bytes.ToArray());
        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0], tensor([258L]).bytes.ToArray());
        Assert.Equal([1, 0], tensor([true, false]).bytes.ToArray());
        var numbers = tensor(new byte[] { 7, 8, 9 });
        numbers.bytes[0] = 1;
        Assert.Equal([8, 9], numbers[1..].bytes.ToArray());
        Assert.Equal(1, numbers.data<byte>()[0]);
    }

    [Fact]
    public void ANumber_IsAssignedToAnElement_ARow_AColumn_AMask()
    {
        var x = Numbers();

        x[0, 1] = 1.5;
        x[^1, 0] = -8;
        x[1] = true;
        x[.., 3] = 9L;
        x[x.gt(9)] = 0.5f;

        Assert.Equal([0f, 1.5f, 2, 9, 1, 1, 1, 9, -8, 9, 0.5f, 9], x.data<float>().ToArray());
    }

    [Fact]
    public void ATensor_IsAssignedToAnyPart_Broadcast()
    {
        var x = Numbers();

        x[TensorIndex.Slice(0, null, 2), 1..3] = tensor([10f, 20]);
        x[tensor(new long[] { 1, 1 })] = -ones(4);

        Assert.Equal([0f, 10, 20, 3, -1, -1, -1, -1, 8, 10, 20, 11], x.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => x[.., 0] = ones(2));
    }

    [Fact]
    public void AnAssignment_ToOtherTypes_Converts()
    {
        var (longs, truths) = (arange(4).reshape(2, 2), ones([2, 2], @bool));

        longs[.., 1] = 7.9f;
        truths[.., 0] = 0;

        Assert.Equal([0L, 7, 2, 7], longs.data<long>().ToArray());
        Assert.Equal([false, true, false, true], truths.data<bool>().ToArray());
    }

    /// <summary>An assignment would change what the gradient needs, and is itself not differentiable here.</summary>
    [Fact]
    public void AnAssignment_ToATensorOfTheGraph_IsRefused()
    {
        var x = Numbers().requires_grad_();

        Assert.Throws<InvalidOperationException>(() => x[0, 0] = 1);
        Assert.Throws<InvalidOperationException>(() => x[.., 0] = 1);
        using var _ = no_grad();
        x[.., 0] = 1;
        Assert.Equal([1f, 1, 1], x[.., 0].data<float>().ToArray());
    }

    [Fact]
    public void AnAssignment_IsNoticedByAGradientThatNeedsTheOldValues()
    {
        var (x, w) = (Numbers(), ones(3, 4).requires_grad_());
        var y = (x * w).sum();

        x[.., 0] = 1;

        Assert.Contains("changed in place", Assert.Throws<InvalidOperationException>(() => y.backward()).Message);
    }

    [Fact]
    public void ANumber_StandsForATensor_AndLeavesTheTypeToTheOther()
    {
        Assert.Equal([1f, 0], where(tensor([true, false]), ones(2), 0).data<float>().ToArray());
        Assert.Equal(int64, (arange(3) + 1).dtype);
        Assert.Equal(int64, ((Tensor)1).dtype);
        Assert.Equal(float32, ((Tensor)1.0).dtype);
        Assert.Equal(@bool, ((Tensor)true).dtype);
    }
}
