using System.Runtime.InteropServices;

namespace Fgsm.Tensors;

// Each method draws what PyTorch's serial CPU kernels draw (ATen/core/DistributionsHelper.h, ATen/native/cpu/DistributionTemplates.h),
// in builds without Intel's MKL where the two differ (bernoulli).
internal sealed partial class Generator
{
    /// <summary>Numbers drawn at a time, into a buffer on the stack; even, and whole vectors of any width.</summary>
    private const int Block = 512;

    /// <summary>
    /// The bits of <c>tensor.uniform_(from, to)</c>, and with the defaults those of <c>torch.rand</c>: 24 random bits each.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="from"/> is greater than <paramref name="to"/>, or one is NaN.
    /// </exception>
    public void FillUniform(Span<float> destination, double from = 0, double to = 1)
    {
        if (!(from <= to)) throw new ArgumentOutOfRangeException(nameof(from), $"uniform_: expected from <= to, got {from} and {to}");
        var low = (float)from;
        var range = (float)to - low;
        // x * range + low is rounded once in double, whose product of two floats is exact, so fusing makes no difference.
        var (scale, offset) = (new Vector<double>(range * (1.0 / (1 << 24))), new Vector<double>(low));

        Span<uint> bits = stackalloc uint[Block];
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(bits);
        while (!destination.IsEmpty)
        {
            var count = Math.Min(Block, destination.Length);
            Fill(bits[..count]);
            foreach (ref var v in vectors)
            {
                var whole = Vector.ConvertToSingle((v & new Vector<uint>(0xffffff)).As<uint, int>());
                Vector.Widen(whole, out var lower, out var upper);
                v = Vector.Narrow(lower * scale + offset, upper * scale + offset).As<float, uint>();
            }
            MemoryMarshal.Cast<uint, float>(bits)[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>
    /// The values of <c>tensor.normal_(mean, std)</c> and <c>torch.randn</c>, to float32 rounding: PyTorch's log, sin and cos
    /// differ between builds, ours (<see cref="VectorMath"/>) do not. The draws, and so the state afterwards (but for the
    /// last bits of a kept value), are PyTorch's:
    /// from 16 values on, they are made 16 at a time and an incomplete last group replaces the 16 values at the end;
    /// fewer come from doubles, in pairs whose second is kept for the next call.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="std"/> is negative or NaN.</exception>
    public void FillNormal(Span<float> destination, double mean = 0, double std = 1)
    {
        if (!(std >= 0)) throw new ArgumentOutOfRangeException(nameof(std), $"normal_: expected std >= 0, got {std}");
        if (destination.Length < 16)
        {
            foreach (ref var x in destination) x = (float)(NextNormal() * std + mean);
            return;
        }
        FillUniform(destination);
        for (var i = 0; i <= destination.Length - 16; i += 16)
            UniformToNormal(destination.Slice(i, 16), (float)mean, (float)std);
        if (destination.Length % 16 == 0) return;
        var last = destination[^16..];
        FillUniform(last);
        UniformToNormal(last, (float)mean, (float)std);
    }

    /// <summary>Box-Muller in float32, 8 pairs at a time: element j gives the radius, element j + 8 the angle.</summary>
    private static void UniformToNormal(Span<float> group, float mean, float std)
    {
        for (var j = 0; j < 8; j++)
        {
            var radius = MathF.Sqrt(-2 * (float)VectorMath.Log(1.0 - group[j]));
            var (sin, cos) = VectorMath.SinCos(MathF.Tau * group[j + 8]);
            group[j] = MathF.FusedMultiplyAdd(radius * (float)cos, std, mean);
            group[j + 8] = MathF.FusedMultiplyAdd(radius * (float)sin, std, mean);
        }
    }

    private double NextNormal()
    {
        if (nextNormal is { } kept)
        {
            nextNormal = null;
            return kept;
        }
        var (u1, u2) = (NextUniform(), NextUniform());
        var radius = Math.Sqrt(-2 * VectorMath.Log(1 - u2));
        var (sin, cos) = VectorMath.SinCos(Math.Tau * u1);
        nextNormal = radius * sin;
        return radius * cos;
    }

    private const int DoubleBits = 53;
    private const ulong DoubleMask = (1UL << DoubleBits) - 1;

    private double NextUniform() => (random64() & DoubleMask) * (1.0 / (1UL << DoubleBits));

    /// <summary>
    /// The mask of <c>tensor.bernoulli_(p)</c>, hence that of dropout (which asks for p = 1 - its own p): <paramref name="success"/>
    /// with probability <paramref name="p"/>, else 0. PyTorch builds with MKL draw another one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not in [0, 1].</exception>
    public void FillBernoulli(Span<float> destination, double p, float success = 1)
    {
        if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"bernoulli_: expected 0 <= p <= 1, got {p}");
        // A double of 53 random bits is less than p where the bits, as an integer, are less than this.
        var threshold = new Vector<long>((long)Math.Ceiling(p * (1UL << DoubleBits)));
        var outcome = new Vector<uint>(BitConverter.SingleToUInt32Bits(success));

        Span<uint> bits = stackalloc uint[Block];
        var pairs = MemoryMarshal.Cast<uint, Vector<ulong>>(bits);
        var masks = MemoryMarshal.Cast<uint, Vector<uint>>(bits);
        while (!destination.IsEmpty)
        {
            var count = Math.Min(Block / 2, destination.Length);
            Fill(bits[..(2 * count)]);
            for (var i = 0; i < masks.Length / 2; i++)
                masks[i] = outcome & Vector.Narrow(Below(pairs[2 * i], threshold), Below(pairs[2 * i + 1], threshold));
            MemoryMarshal.Cast<uint, float>(bits)[..count].CopyTo(destination);
            destination = destination[count..];
        }

        // Of each pair, the number drawn first, and so first in memory, is the upper half.
        static Vector<ulong> Below(Vector<ulong> pair, Vector<long> threshold)
        {
            var draw = ((pair << 32) | (pair >>> 32)) & new Vector<ulong>(DoubleMask);
            return Vector.LessThan(draw.As<ulong, long>(), threshold).As<long, ulong>();
        }
    }

    /// <summary>The bits of <c>torch.randint(low, high)</c>: whole numbers in [low, high).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="low"/> is not less than <paramref name="high"/>.</exception>
    public void FillRandInt(Span<long> destination, long low, long high)
    {
        if (low >= high) throw new ArgumentOutOfRangeException(nameof(low), $"randint: expected low < high, got {low} and {high}");
        var range = (ulong)(high - low);
        if (range > uint.MaxValue)
        {
            foreach (ref var x in destination) x = low + (long)(random64() % range);
        }
        else
        {
            foreach (ref var x in destination) x = low + random() % (uint)range;
        }
    }

    /// <summary>The bits of <c>torch.randperm(n)</c>, n being the length of <paramref name="destination"/>.</summary>
    public void RandPerm(Span<long> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = i;
        for (var i = 0; i < destination.Length - 1; i++)
        {
            var other = i + (int)(random() % (uint)(destination.Length - i));
            (destination[i], destination[other]) = (destination[other], destination[i]);
        }
    }
}
