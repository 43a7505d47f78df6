using System.Text;

namespace Fgsm.Tensors.Files;

/// <summary>Names what is given by mistake for a file of tensors, by how it begins.</summary>
internal static class Foreign
{
    private static readonly (string Start, string Name)[] Kinds =
    [
        ("version https://git-lfs", "it is a Git LFS pointer, not the file itself: run 'git lfs pull'"),
        ("<!doctype", "it is a web page, not the file itself: download it again"),
        ("<html", "it is a web page, not the file itself: download it again"),
        ("<?xml", "it is a web page, not the file itself: download it again"),
        ("\u0093NUMPY", "it is a NumPy array (.npy): save it with torch.save"),
        ("\u001f\u008b", "it is compressed with gzip: unpack it first"),
        ("\u0089HDF", "it is an HDF5 file, of Keras perhaps: save the weights with torch.save"),
    ];

    /// <returns>What the file is and what to do; null when it is none of these.</returns>
    public static string? Name(FileStream stream)
    {
        Span<byte> bytes = stackalloc byte[64];
        stream.Position = 0;
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        // A web page may begin with a byte order mark and white space.
        var text = Encoding.Latin1.GetString(bytes[..length]).TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        return length == 0 ? "it is empty" : Kinds.FirstOrDefault(k => text.StartsWith(k.Start, StringComparison.OrdinalIgnoreCase)).Name;
    }
}
