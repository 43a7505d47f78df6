using System.Formats.Tar;
using System.IO.Compression;
using System.Net;

namespace Fgsm.Data;

/// <summary>
/// Downloads the files of a data set, from one mirror after the other. A file gets its name only when it is whole and its
/// content is the published one, so a broken download never counts as data.
/// </summary>
internal sealed class MirrorDownload(HttpMessageHandler? handler = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient http = new(handler ?? new SocketsHttpHandler { ConnectTimeout = Patience }) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => http.Dispose();

    /// <summary>Downloads what is missing of the first layout of a data set, and gives the folder that has it then.</summary>
    /// <exception cref="DataException">No mirror gave the files, or the folder cannot be written.</exception>
    public string Fetch(DataSource source, string dataFolder, CancellationToken cancellation)
    {
        var layout = source.Layouts[0];
        var folder = Path.Combine(dataFolder, layout.Folder);
        try
        {
            var missing = layout.Files.Where(file => file.In(folder) is null).ToArray();
            // An archive has them all at once.
            foreach (var files in IsArchive(source.Mirrors[0]) ? [missing] : missing.Chunk(1))
                Fetch(source, files, folder, cancellation);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be written ({e.Message.TrimEnd('.')}); make it writable, or name another data folder in ${DataFolders.Variable}.", e) { IsMissing = true };
        }
    }

    private static bool IsArchive(string mirror) => mirror.EndsWith(".tar.gz", StringComparison.Ordinal);

    private void Fetch(DataSource source, PublishedFile[] files, string folder, CancellationToken cancellation)
    {
        List<string> failures = [];
        foreach (var mirror in source.Mirrors)
        {
            var address = new Uri(IsArchive(mirror) ? mirror : $"{mirror}{files[0].FileName}.gz");
            var part = Part(folder, files[0]) + ".gz";
            try
            {
                Download(address, part, cancellation).GetAwaiter().GetResult();
                if (IsArchive(mirror))
                    Unpack(part, files, folder);
                else
                    Keep(part, files[0], Path.Combine(folder, files[0].FileName + ".gz"));
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException)
            {
                failures.Add($"{address.Host}: {e.Message.TrimEnd('.')}");
            }
            catch (Exception e) when (e is DataException or InvalidDataException or EndOfStreamException)
            {
                failures.Add($"{address.Host}: sent something else than the published file");
            }
            finally
            {
                Remove(part);
            }
        }
        var name = IsArchive(source.Mirrors[0]) ? source.Mirrors[0][(source.Mirrors[0].LastIndexOf('/') + 1)..] : $"{files[0].FileName}.gz";
        throw new DataException($"{source.Name}: {name} cannot be downloaded ({string.Join("; ", failures)}); "
            + $"put the {source.Layouts[0].Files.Length} files into {folder}, or name a folder that has {source.Layouts[0].Folder}/ in ${DataFolders.Variable}.")
        { IsMissing = true };
    }

    private static void Unpack(string archive, PublishedFile[] files, string folder)
    {
        using var packed = File.OpenRead(archive);
        using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
        var missing = files.ToDictionary(file => file.FileName);
        while (missing.Count > 0)
        {
            var entry = tar.GetNextEntry() ?? throw new InvalidDataException($"{archive}: it has no {missing.First().Key}");
            if (entry.DataStream is not { } content || !missing.Remove(Path.GetFileName(entry.Name), out var file))
                continue;
            var part = Part(folder, file);
            try
            {
                using (var to = File.Create(part))
                    content.CopyTo(to);
                Keep(part, file, Path.Combine(folder, file.FileName));
            }
            finally
            {
                Remove(part);
            }
        }
    }

    private static string Part(string folder, PublishedFile file) => Path.Combine(folder, $".{file.FileName}.{Guid.NewGuid():N}.part");

    private static void Remove(string part)
    {
        if (File.Exists(part))
            File.Delete(part);
    }

    private static void Keep(string part, PublishedFile file, string path)
    {
        DataFile.RequireSha256(part, DataFile.Content(part).Span, file.Sha256);
        File.Move(part, path, overwrite: true);
    }

    private async Task Download(Uri address, string path, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            patience.CancelAfter(Patience * 2);
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new HttpRequestException($"answered {(int)response.StatusCode}");

            using var from = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var to = File.Create(path);
            var buffer = new byte[1 << 16];
            while (true)
            {
                // The clock starts again with every piece: a slow network is no reason to give up, a silent one is.
                patience.CancelAfter(Patience * 2);
                var read = await Read(from, buffer, patience.Token).ConfigureAwait(false);
                if (read == 0)
                    return;
                to.Write(buffer, 0, read);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("no answer in time");
        }
    }

    // A connection that breaks is the mirror's failure; an IOException of the file is the disk's.
    private static async Task<int> Read(Stream from, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await from.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }
}
