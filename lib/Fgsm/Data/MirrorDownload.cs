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

    /// <exception cref="DataException">No mirror gave the file, or the folder cannot be written.</exception>
    public void Fetch(IdxSource source, string folder, CancellationToken cancellation)
    {
        try
        {
            foreach (var file in source.Files.Where(file => file.In(folder) is null))
                Fetch(source, file, folder, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be written ({e.Message.TrimEnd('.')}); make it writable, or name another data folder in ${DataFolders.Variable}.", e) { IsMissing = true };
        }
    }

    private void Fetch(IdxSource source, PublishedFile file, string folder, CancellationToken cancellation)
    {
        List<string> failures = [];
        foreach (var mirror in source.Mirrors)
        {
            var part = Path.Combine(folder, $".{file.FileName}.{Guid.NewGuid():N}.part.gz");
            try
            {
                Download(new Uri(mirror + file.FileName + ".gz"), part, cancellation).GetAwaiter().GetResult();
                IdxFile.Read(part, file == source.TrainImages || file == source.TestImages ? 3 : 1, file.Sha256);
                File.Move(part, Path.Combine(folder, file.FileName + ".gz"), overwrite: true);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException)
            {
                failures.Add($"{new Uri(mirror).Host}: {e.Message.TrimEnd('.')}");
            }
            catch (DataException)
            {
                failures.Add($"{new Uri(mirror).Host}: sent something else than the published file");
            }
            finally
            {
                if (File.Exists(part))
                    File.Delete(part);
            }
        }
        throw new DataException(
            $"{source.Name}: {file.FileName}.gz cannot be downloaded ({string.Join("; ", failures)}); put the four files into {folder}, or name a folder that has {source.Folder}/ in ${DataFolders.Variable}.") { IsMissing = true };
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
