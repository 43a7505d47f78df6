namespace Fgsm.Tensors.Files;

/// <summary>Opens files of tensors; whatever goes wrong becomes a <see cref="TensorFileException"/>.</summary>
internal static class TensorFile
{
    public static T Read<T>(string path, Func<FileStream, T> read)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            try
            {
                return read(stream);
            }
            catch (Exception e) when ((e is InvalidDataException or EndOfStreamException) && Foreign.Name(stream) is { } foreign)
            {
                throw new InvalidDataException(foreign, e);
            }
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

    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            WholeFile.Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException(path, $"cannot be written: {e.Message}", e);
        }
    }
}
