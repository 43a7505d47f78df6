using System.Diagnostics;
using Fgsm.Tensors.Kernels;

namespace Fgsm.Benchmarks;

/// <summary>What the machine can do: fused multiply-adds of the engine's own tile on data that stay in the first-level cache.</summary>
internal static unsafe class FmaPeak
{
    // With the widest tile 29 KB of operands, which the smallest first-level caches hold.
    private const int Depth = 160;
    private const int Repeats = 4000;

    /// <summary>GFLOP/s on all threads, the best of several tries.</summary>
    public static double Measure() => Tiles.Wide ? Measure<Tile14x2>() : Measure<Tile6x2>();

    private static double Measure<TTile>() where TTile : ITile
    {
        var threads = get_num_threads();
        var operations = 2.0 * TTile.Rows * TTile.Columns * Depth * Repeats * threads;
        var best = double.MaxValue;
        for (var attempt = 0; attempt < 30; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            Threads.For(threads, _ => Run<TTile>());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return operations / best / 1e9;
    }

    private static void Run<TTile>() where TTile : ITile
    {
        using var a = new Scratch<float>(TTile.Rows * Depth);
        using var b = new Scratch<float>(TTile.Columns * Depth);
        using var c = new Scratch<float>(TTile.Rows * TTile.Columns);
        new Span<float>(a.Pointer, TTile.Rows * Depth).Fill(0.5f);
        new Span<float>(b.Pointer, TTile.Columns * Depth).Fill(0.5f);
        for (var i = 0; i < Repeats; i++)
            TTile.Multiply(Depth, a.Pointer, 1, TTile.Rows, b.Pointer, TTile.Columns, c.Pointer, TTile.Columns, accumulate: false);
    }
}
