using System.Buffers.Binary;

namespace Fgsm.Tensors.Files;

/// <summary>
/// The format before PyTorch 1.6: five pickles one after the other (a magic number, the version, the machine's sizes, the object,
/// the storages' keys), then each storage as its count of elements and the elements.
/// </summary>
internal static class LegacyReader
{
    private const int Version = 1001;
    private static readonly BigInteger Magic =
        BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    public static object? Read(Stream stream, SavedStorages storages)
    {
        var start = new byte[Math.Min(stream.Length, PickleReader.MaxBytes)];
        stream.ReadExactly(start);
        if (start is [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..])
            throw new InvalidDataException("it is a safetensors file: use load_safetensors");
        var pickles = new PickleReader(start, storages);
        // The magic number, a whole number of protocol 2 or later, or of protocol 1.
        if (start is not [0x80 or (byte)'L', ..] || pickles.Read() is not BigInteger magic || magic != Magic)
            throw new InvalidDataException("it is no PyTorch file");
        if (pickles.Read() is not (long and Version))
            throw new InvalidDataException($"it has another version of the format than {Version}");
        if (pickles.Read() is not OrderedDictionary<object, object?> machine || machine.GetValueOrDefault("little_endian") is not true)
            throw new InvalidDataException("it was not written by a little-endian machine, which is not supported");
        var result = pickles.Read();
        if (pickles.Read() is not List<object?> keys)
            throw new InvalidDataException("it has no list of storages");

        stream.Position = pickles.Position;
        var missing = new HashSet<string>(storages.All.Keys);
        Span<byte> count = stackalloc byte[8];
        foreach (var key in keys)
        {
            if (key is not string name || !missing.Remove(name))
                throw new InvalidDataException("its list of storages does not agree with its tensors");
            var storage = storages.All[name];
            stream.ReadExactly(count);
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Elements.numel())
                throw new InvalidDataException($"storage {Text.Quoted(name)} has another number of elements than its tensors say");
            storage.Type.Read(stream, storage.Elements);
        }
        return missing.Count == 0 ? result : throw new InvalidDataException($"storage {Text.Quoted(missing.First())} is not in it");
    }
}
