using System.IO.Hashing;

namespace Fgsm.Tensors.Files;

/// <summary>Reads from another stream and keeps the checksum of what was read.</summary>
internal sealed class ChecksumStream(Stream inner) : Stream
{
    private readonly Crc32 checksum = new();

    public uint Checksum => checksum.GetCurrentHashAsUInt32();

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        checksum.Append(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
