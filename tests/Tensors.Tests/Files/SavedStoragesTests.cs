using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public sealed class SavedStoragesTests
{
    private readonly SavedStorages storages = new(40);

    private static SavedStorage Load(SavedStorages storages, string key, long count) =>
        storages.Load(["storage", ElementType.All[0], key, "cpu", count]);

    /// <summary>The numbers from 0, which are put there after the tensors are made, as a reader does.</summary>
    private void Fill(SavedStorage storage)
    {
        for (var i = 0; i < storage.Elements.numel(); i++)
            storage.Elements.data<float>()[i] = i;
        storages.Finish();
    }

    /// <summary>A file of 40 bytes holds 10 floats in all, and its tensors may be expanded to 40 elements in all.</summary>
    [Fact]
    public void Storages_HoldWhatTheFileCan_AndNoMore()
    {
        var storage = Load(storages, "0", 10);

        Assert.Equal(40, storages.Tensor(storage, 0, [40], [0]).numel());
        Assert.Throws<InvalidDataException>(() => storages.Tensor(storage, 0, [2], [0]));
        Assert.Throws<InvalidDataException>(() => Load(storages, "1", 1));
        Assert.Throws<InvalidDataException>(() => Load(new SavedStorages(40), "0", 11));
    }

    [Fact]
    public void Load_OfTheSameKey_IsTheSameStorage_UnlessItsLengthDiffers()
    {
        var storage = Load(storages, "0", 4);

        Assert.Same(storage, Load(storages, "0", 4));
        Assert.Contains("storage '0' is described twice, and differently",
            Assert.Throws<InvalidDataException>(() => Load(storages, "0", 3)).Message);
    }

    public static TheoryData<object?[]> Descriptions => new()
    {
        new object?[] { "storage", ElementType.All[0], "0", "cpu" },
        new object?[] { "module", ElementType.All[0], "0", "cpu", 1L },
        new object?[] { "storage", "Float", "0", "cpu", 1L },
        new object?[] { "storage", ElementType.All[0], 0L, "cpu", 1L },
        new object?[] { "storage", ElementType.All[0], "0", null, 1L },
        new object?[] { "storage", ElementType.All[0], "0", "cpu", 1.0 },
        new object?[] { "storage", ElementType.All[0], "0", "cpu", -1L },
        new object?[] { "storage", ElementType.All[0], "0", "cpu", 1L, "a view" },
        new object?[] { "storage", ElementType.All[0], "0", "cpu", 1L, null, null },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Load_OfAnythingElse_IsRefused(object?[] description) => Assert.Contains("a storage is described in a way",
        Assert.Throws<InvalidDataException>(() => storages.Load(description)).Message);

    /// <summary>A dimension of size 1 has only one place, whatever its stride.</summary>
    [Fact]
    public void Tensor_SharesTheStoragesMemory_WhereItsElementsLieTogether()
    {
        var storage = Load(storages, "0", 10);

        var tensor = storages.Tensor(storage, 4, [1, 2, 1, 3], [long.MaxValue, 3, 999, 1]);

        Fill(storage);
        Assert.Equal([4f, 5, 6, 7, 8, 9], tensor.data<float>().ToArray());
        tensor.fill_(-1);
        Assert.Equal([0f, 1, 2, 3, -1, -1, -1, -1, -1, -1], storage.Elements.data<float>().ToArray());
    }

    [Fact]
    public void Tensor_OfElementsThatLieApart_HasAllOfThem()
    {
        var storage = Load(storages, "0", 10);

        var (columns, same) = (storages.Tensor(storage, 1, [2, 1, 3], [1, long.MaxValue, 3]), storages.Tensor(storage, 9, [3], [0]));

        Fill(storage);
        Assert.Equal([2, 1, 3], columns.shape);
        Assert.Equal([1f, 4, 7, 2, 5, 8], columns.data<float>().ToArray());
        Assert.Equal([9f, 9, 9], same.data<float>().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(int.MaxValue, 0)]
    public void Tensor_WithoutElements_HasItsShape(params int[] shape)
    {
        var sizes = Array.ConvertAll(shape, s => (long)s);

        Assert.Equal(sizes, storages.Tensor(Load(storages, "0", 0), 0, sizes, Array.ConvertAll(shape, _ => 1L)).shape);
    }

    [Fact]
    public void Tensor_Of64Dimensions_Loads_AndOfMoreIsRefused()
    {
        Tensor Of(int dimensions) => storages.Tensor(Load(storages, "0", 1), 0, [.. Enumerable.Repeat(1L, dimensions)], new long[dimensions]);

        Assert.Equal(64, Of(64).ndim);
        Assert.Contains("makes no sense: offset 0, sizes (65 dimensions)", Assert.Throws<InvalidDataException>(() => Of(65)).Message);
    }

    [Theory]
    [InlineData(1, "sizes [2], strides [9]")]
    [InlineData(16, "sizes [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], "
        + "strides [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]")]
    [InlineData(17, "sizes (17 dimensions), strides (17 dimensions)")]
    public void Tensor_BeyondItsStorage_IsRefused_WithItsLayoutInOneLine(int dimensions, string layout)
    {
        long[] Each(long value) => [.. Enumerable.Repeat(value, dimensions)];

        var exception = Assert.Throws<InvalidDataException>(() => storages.Tensor(Load(storages, "0", 5), 0, Each(2), Each(9)));

        Assert.Equal($"a tensor reaches beyond its storage: offset 0, {layout}, storage of 5", exception.Message);
    }
}
