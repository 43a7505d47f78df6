namespace Fgsm.Tensors;

/// <summary>Reads what <c>torch.save</c> wrote.</summary>
public static class PyTorchUnpickler
{
    /// <summary>
    /// Reads a dictionary: a module's or an optimiser's state, or a checkpoint that holds both. Dictionaries come back in the file's
    /// order as <c>OrderedDictionary&lt;object, object?&gt;</c>, lists as <c>List&lt;object?&gt;</c>, tuples as <c>object?[]</c>,
    /// whole numbers as long. Tensors of any float type come back as float32, of any signed integer as int64, uint8 and bool as they
    /// are; those that share memory in the file share it here.
    /// </summary>
    /// <param name="file">In the ZIP format of PyTorch 1.6 and later, or in the one before it.</param>
    /// <exception cref="TensorFileException">
    /// It cannot be read, is damaged, or asks for anything but tensors, numbers, texts, lists and dictionaries. A file is data: nothing
    /// in it is run.
    /// </exception>
    public static OrderedDictionary<object, object?> UnpickleStateDict(string file)
    {
        using var scope = torch.NewDisposeScope();
        return TensorFile.Read(file, stream =>
        {
            var storages = new SavedStorages(stream.Length);
            if (Read(stream, storages) is not OrderedDictionary<object, object?> dictionary)
                throw new InvalidDataException("it holds no dictionary; save model.state_dict()");
            storages.Finish();
            return dictionary;
        });
    }

    private static object? Read(FileStream stream, SavedStorages storages)
    {
        Span<byte> start = stackalloc byte[4];
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (!start[..length].SequenceEqual("PK\x03\x04"u8))
            return LegacyReader.Read(stream, storages);
        using var archive = new ZipReader(stream);
        var result = new PickleReader(archive.ReadPickle(), storages).Read();
        foreach (var storage in storages.All.Values)
            archive.Fill(storage);
        return result;
    }
}
