namespace Fgsm.Tensors.Files;

/// <summary>Opens files of tensors; whatever goes wrong becomes a <see cref="TensorFileException"/>.</summary>
internal static class TensorFile
{
    public static T Read<T>(string path, Func<FileStream, T> read)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return read(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TensorFileException(path, "no such file", e);
        }
        catch (EndOfStreamException e)
        {
            throw new TensorFileException(path, "it is cut short", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException(path, e.Message, e);
        }
    }

    /// <summary>Writes under a temporary name, then renames: whoever reads the file sees all of it, or the one before.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException(path, $"cannot be written: {e.Message}", e);
        }
    }
}
