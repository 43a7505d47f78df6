using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fgsm.Tensors;

/// <summary>
/// PyTorch's CPU random generator: mt19937 (Matsumoto and Nishimura, "Mersenne Twister", 1998) and, in the other parts of
/// this class, PyTorch's own way from its 32-bit numbers to each distribution. The same seed gives the numbers that
/// PyTorch gives, and leaves the same state behind.
/// </summary>
/// <remarks>Not safe for use by several threads at once. PyTorch locks its generator; here the caller does.</remarks>
internal sealed partial class Generator
{
    private const int N = 624;
    private const int M = 397;
    private const uint MatrixA = 0x9908b0df;
    private const uint UpperMask = 0x80000000;
    private const uint LowerMask = 0x7fffffff;

    private readonly uint[] state = new uint[N];

    /// <summary>The numbers made from <see cref="state"/>: all 624 are tempered at once, with vectors.</summary>
    private readonly uint[] output = new uint[N];

    /// <summary>Position in <see cref="output"/>. Seeding leaves 0, which means, as 624 does, that a new block is due.</summary>
    private int next;

    private ulong seed;

    /// <summary>The second value of a Box-Muller pair, kept for the next call.</summary>
    private double? nextNormal;

    /// <param name="seed">As for <see cref="manual_seed"/>; the default is PyTorch's.</param>
    public Generator(ulong seed = 67280421310721) => manual_seed(seed);

    /// <summary>Starts again from <paramref name="seed"/>, of which mt19937 uses the low 32 bits.</summary>
    public Generator manual_seed(ulong seed)
    {
        this.seed = seed;
        nextNormal = null;
        next = 0;
        state[0] = (uint)seed;
        for (var i = 1; i < N; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + (uint)i;
        return this;
    }

    /// <summary>The next 32 bits.</summary>
    public uint random()
    {
        if (next is 0 or N) NextBlock();
        return output[next++];
    }

    /// <summary>The next 64 bits: two draws, the first in the upper half.</summary>
    public ulong random64() => (ulong)random() << 32 | random();

    /// <summary>Fills <paramref name="destination"/> with what as many calls of <see cref="random"/> would give.</summary>
    public void Fill(Span<uint> destination)
    {
        while (!destination.IsEmpty)
        {
            if (next is 0 or N) NextBlock();
            var count = Math.Min(N - next, destination.Length);
            output.AsSpan(next, count).CopyTo(destination);
            destination = destination[count..];
            next += count;
        }
    }

    private void NextBlock()
    {
        Twist(0, N - M, M);
        Twist(N - M, N - 1, M - N);
        state[N - 1] = Mix(state[N - 1], state[0]) ^ state[M - 1];
        Temper();
        next = 0;
    }

    /// <summary>Renews state[from..to] from each element, its neighbour, and the one <paramref name="offset"/> away.</summary>
    private void Twist(int from, int to, int offset)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(state);
        var k = from;
        // The nearest element already renewed is 227 back, much further than a vector is long.
        for (; k <= to - Vector<uint>.Count; k += Vector<uint>.Count)
        {
            var (a, b) = (Vector.LoadUnsafe(ref first, (nuint)k), Vector.LoadUnsafe(ref first, (nuint)(k + 1)));
            var y = (a & new Vector<uint>(UpperMask)) | (b & new Vector<uint>(LowerMask));
            y = (y >>> 1) ^ (-(b & Vector<uint>.One) & new Vector<uint>(MatrixA));
            (y ^ Vector.LoadUnsafe(ref first, (nuint)(k + offset))).StoreUnsafe(ref first, (nuint)k);
        }
        for (; k < to; k++) state[k] = Mix(state[k], state[k + 1]) ^ state[k + offset];
    }

    private static uint Mix(uint a, uint b) => (((a & UpperMask) | (b & LowerMask)) >> 1) ^ ((b & 1) * MatrixA);

    private void Temper()
    {
        var states = MemoryMarshal.Cast<uint, Vector<uint>>(state.AsSpan());
        var outputs = MemoryMarshal.Cast<uint, Vector<uint>>(output.AsSpan());
        for (var i = 0; i < states.Length; i++)
        {
            var y = states[i];
            y ^= y >>> 11;
            y ^= (y << 7) & new Vector<uint>(0x9d2c5680);
            y ^= (y << 15) & new Vector<uint>(0xefc60000);
            outputs[i] = y ^ (y >>> 18);
        }
    }

    // torch.get_rng_state() is the memory of a C++ structure on a 64-bit little-endian machine: seed (8 bytes), left (4),
    // seeded (4), next (8), 624 state words (8 each), then the cached normal sample as x, y, rho (8 each; only y is
    // used) and its valid flag (4, padded to 8), then the same for float, which CPU kernels never use (4 + 4).
    private const int StateBytes = 5056;
    private const int WordsAt = 24;
    private const int NormalAt = WordsAt + 8 * N;

    private int Left => next == 0 ? 1 : N + 1 - next;

    /// <summary>The whole state, byte for byte as torch.get_rng_state() gives it (5,056 bytes).</summary>
    public byte[] get_state()
    {
        var bytes = new byte[StateBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Left);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), next);
        for (var i = 0; i < N; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(WordsAt + 8 * i), state[i]);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(NormalAt + 8), nextNormal ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(NormalAt + 24), nextNormal.HasValue ? 1 : 0);
        return bytes;
    }

    /// <summary>Goes on from a state that <see cref="get_state"/> or torch.get_rng_state() gave.</summary>
    /// <exception cref="ArgumentException">The bytes are not such a state; this generator is as it was.</exception>
    public void set_state(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != StateBytes)
            throw new ArgumentException(
                $"set_state: expected the {StateBytes} bytes of torch.get_rng_state(), got {bytes.Length}", nameof(bytes));
        var left = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var position = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        if (seeded != 1 || position is < 0 or > N || left != (position == 0 ? 1 : N + 1 - position))
            throw new ArgumentException(
                $"set_state: not the state of a seeded mt19937: seeded {seeded}, next {position}, left {left}", nameof(bytes));

        seed = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        next = (int)position;
        for (var i = 0; i < N; i++) state[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(bytes[(WordsAt + 8 * i)..]);
        var valid = BinaryPrimitives.ReadInt32LittleEndian(bytes[(NormalAt + 24)..]) != 0;
        nextNormal = valid ? BinaryPrimitives.ReadDoubleLittleEndian(bytes[(NormalAt + 8)..]) : null;
        Temper();
    }
}
