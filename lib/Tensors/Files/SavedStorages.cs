using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Files;

/// <summary>Elements in a file, which one or more tensors share.</summary>
/// <param name="Elements">All of them, in one dimension.</param>
internal sealed record SavedStorage(string Key, ElementType Type, Tensor Elements)
{
    public long Bytes => Elements.numel() * Type.Size;
}

/// <summary>
/// The storages that a pickle speaks of and the tensors on them. Memory is made when a storage is named and filled when the
/// pickle has been read, since in the older format the elements come last.
/// </summary>
/// <param name="fileBytes">The length of the file, which bounds what is made from it.</param>
internal sealed class SavedStorages(long fileBytes)
{
    private readonly Dictionary<string, SavedStorage> storages = [];
    private readonly List<Tensor> tensors = [];
    private readonly List<(Tensor Tensor, Tensor Source, int[] Strides)> copies = [];
    private long bytesLeft = fileBytes, copiesLeft = fileBytes;

    public IReadOnlyDictionary<string, SavedStorage> All => storages;

    /// <summary>
    /// A persistent id: ("storage", type, key, device, count), in the older format with a view of it, which has long been unused.
    /// </summary>
    public SavedStorage Load(object?[] id)
    {
        if (id is not ["storage", ElementType type, string key, string, long count, .. var view] || count < 0 || view.Length > 1
            || view is [not null])
            throw new InvalidDataException("a storage is described in a way that PyTorch does not use");
        if (storages.TryGetValue(key, out var known))
            return known.Type == type && known.Elements.numel() == count ? known
                : throw new InvalidDataException($"storage {Text.Quoted(key)} is described twice, and differently");
        if (count > bytesLeft / type.Size || count > int.MaxValue / 2)
            throw new InvalidDataException($"storage {Text.Quoted(key)} is said to have {count} elements, more than the file can hold");
        bytesLeft -= count * type.Size;
        return storages[key] = new SavedStorage(key, type, torch.Tensor.Empty("load", [count], type.Type));
    }

    /// <summary>A tensor on a storage: the storage's own memory where it is contiguous, else a copy.</summary>
    /// <param name="offset">Where it begins, in elements, as the strides are.</param>
    public Tensor Tensor(SavedStorage storage, long offset, long[] sizes, long[] strides)
    {
        if (sizes.Length != strides.Length || sizes.Length > 64 || offset < 0 || sizes.Any(s => s < 0) || strides.Any(s => s < 0))
            throw new InvalidDataException(
                $"a tensor's layout makes no sense: offset {offset}, sizes {Text.Of(sizes)}, strides {Text.Of(strides)}");
        Int128 last = offset, count = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            last += (Int128)(sizes[i] - 1) * strides[i];
            count = Int128.Min(count * Math.Max(sizes[i], 1), long.MaxValue);
        }
        if (sizes.Contains(0) && count <= int.MaxValue)
            return Keep(torch.Tensor.Empty("load", sizes, storage.Type.Type));
        if (last >= storage.Elements.numel())
            throw new InvalidDataException(
                $"a tensor reaches beyond its storage: offset {offset}, sizes {Text.Of(sizes)}, strides {Text.Of(strides)}, "
                + $"storage of {storage.Elements.numel()}");
        if (IsContiguous(sizes, strides))
            return Keep(storage.Elements.View((int)offset, sizes));
        if (count > copiesLeft)
            throw new InvalidDataException(
                $"a tensor of sizes {Text.Of(sizes)} has more elements than the file can hold; save it as .contiguous()");
        copiesLeft -= (long)count;
        var tensor = Keep(torch.Tensor.Empty("load", sizes, storage.Type.Type));
        var source = storage.Elements.View((int)offset, [storage.Elements.numel() - offset]);
        copies.Add((tensor, source, [.. strides.Zip(sizes, (stride, size) => size == 1 ? 0 : (int)stride)]));
        return tensor;
    }

    /// <summary>Call it when every storage is filled: makes the copies and gives the tensors to the scope around.</summary>
    public void Finish()
    {
        foreach (var (tensor, source, strides) in copies)
            tensor.CopyFrom(source, strides);
        foreach (var tensor in tensors)
            tensor.MoveToOuterDisposeScope();
    }

    private Tensor Keep(Tensor tensor)
    {
        tensors.Add(tensor);
        return tensor;
    }

    private static bool IsContiguous(long[] sizes, long[] strides) =>
        Shape.Strides(sizes).Zip(strides, sizes).All(d => d.First == d.Second || d.Third == 1);
}
