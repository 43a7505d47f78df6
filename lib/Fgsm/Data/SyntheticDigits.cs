using System.Security.Cryptography;

namespace Fgsm.Data;

/// <summary>
/// Handwritten-looking digits that the project draws itself, for machines that cannot have MNIST: pen strokes with wobbling
/// control points, a random affine change, thickness and noise. The same seed gives the same bytes on any machine: only
/// + - * / and square root are used, which IEEE 754 fixes to the last bit.
/// </summary>
public static class SyntheticDigits
{
    /// <summary>What tables call these images.</summary>
    public const string Name = "synthetic digits";

    private const int Size = 28, PointsPerCurve = 8;

    // With clean digits a CNN makes no mistake at all, and FGSM has little to turn.
    private const double StrayMarks = 0.25;

    /// <summary>A training and a test set of MNIST's shape.</summary>
    /// <param name="seed">The same seed gives the same images.</param>
    /// <param name="trainCount">Training images.</param>
    /// <param name="testCount">Test images.</param>
    public static DataSet Draw(ulong seed = 42, int trainCount = 60_000, int testCount = 10_000) =>
        new(Images(seed, 0, trainCount), Images(seed, 1, testCount));

    private static ImageSet Images(ulong seed, ulong part, int count)
    {
        var pixels = new byte[count * Size * Size];
        var labels = new int[count];
        // Each image has a generator of its own, so that the threads' order does not matter.
        Parallel.For(0, count, i =>
        {
            var random = new SplitMix64(new SplitMix64(seed ^ (part << 40) ^ ((ulong)i << 1)).Next());
            labels[i] = (int)(random.Next() % 10);
            DrawDigit(labels[i], ref random, pixels.AsSpan(i * Size * Size, Size * Size));
        });
        return new ImageSet(Name, pixels, labels, 1, Size, Size, DataSet.DigitNames, Convert.ToHexStringLower(SHA256.HashData(pixels)), isSynthetic: true);
    }

    private static void DrawDigit(int digit, ref SplitMix64 random, Span<byte> image)
    {
        var pen = Affine.Random(ref random);
        var radius = random.Between(0.8, 1.75);
        var ink = random.Between(0.6, 1.0);
        var wobble = random.Between(0.01, 0.06);
        Span<double> coverage = stackalloc double[Size * Size];
        coverage.Clear();

        foreach (var stroke in DigitStrokes.Of(digit, random.Unit()))
        {
            var points = new (double X, double Y)[stroke.Length];
            for (var i = 0; i < points.Length; i++)
                points[i] = pen.Apply(stroke[i].X + wobble * random.Bell(), stroke[i].Y + wobble * random.Bell());
            DrawStroke(coverage, points, radius);
        }
        if (random.Unit() < StrayMarks)
            DrawStroke(coverage, [Anywhere(ref random), Anywhere(ref random)], radius * 0.6);

        var noise = random.Between(0.0, 0.05);
        for (var i = 0; i < image.Length; i++)
        {
            var value = coverage[i] * ink + (coverage[i] > 0 ? noise * 2 : noise * 0.4) * random.Bell();
            image[i] = (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5);
        }
    }

    private static (double X, double Y) Anywhere(ref SplitMix64 random) => (random.Between(2, Size - 2), random.Between(2, Size - 2));

    private static void DrawStroke(Span<double> coverage, (double X, double Y)[] points, double radius)
    {
        var previous = points[0];
        foreach (var point in Smooth(points))
        {
            DrawSegment(coverage, previous, point, radius);
            previous = point;
        }
    }

    // A Catmull-Rom spline through the control points.
    private static IEnumerable<(double X, double Y)> Smooth((double X, double Y)[] p)
    {
        for (var i = 0; i + 1 < p.Length; i++)
        {
            var (a, b, c, d) = (p[Math.Max(i - 1, 0)], p[i], p[i + 1], p[Math.Min(i + 2, p.Length - 1)]);
            for (var k = 1; k <= PointsPerCurve; k++)
            {
                var t = (double)k / PointsPerCurve;
                yield return (Spline(a.X, b.X, c.X, d.X, t), Spline(a.Y, b.Y, c.Y, d.Y, t));
            }
        }
    }

    private static double Spline(double a, double b, double c, double d, double t) =>
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

    // A pixel's coverage falls from 1 to 0 over one pixel at the pen's edge: anti-aliasing.
    private static void DrawSegment(Span<double> coverage, (double X, double Y) from, (double X, double Y) to, double radius)
    {
        var reach = radius + 1;
        var (x0, x1) = (Inside(Math.Min(from.X, to.X) - reach), Inside(Math.Max(from.X, to.X) + reach));
        var (y0, y1) = (Inside(Math.Min(from.Y, to.Y) - reach), Inside(Math.Max(from.Y, to.Y) + reach));
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squared = dx * dx + dy * dy;
        for (var y = y0; y <= y1; y++)
        {
            for (var x = x0; x <= x1; x++)
            {
                var along = squared > 0 ? Math.Clamp(((x - from.X) * dx + (y - from.Y) * dy) / squared, 0, 1) : 0;
                var (ex, ey) = (x - from.X - along * dx, y - from.Y - along * dy);
                var covered = Math.Clamp(radius + 0.5 - Math.Sqrt(ex * ex + ey * ey), 0, 1);
                ref var pixel = ref coverage[y * Size + x];
                pixel = Math.Max(pixel, covered);
            }
        }
    }

    private static int Inside(double coordinate) => (int)Math.Clamp(coordinate, 0, Size - 1);

    /// <summary>From the unit square to pixels: slant, turn, scale and shift.</summary>
    private readonly record struct Affine(double Xx, double Xy, double Yx, double Yy, double Dx, double Dy)
    {
        public static Affine Random(ref SplitMix64 random)
        {
            // A rotation without sine and cosine: t is the tangent of half the angle, here up to 23 degrees.
            var t = random.Between(-0.2, 0.2);
            var (cos, sin) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t));
            var slant = random.Between(-0.15, 0.4);
            var (width, height) = (20 * random.Between(0.5, 1.1), 20 * random.Between(0.7, 1.1));
            return new Affine(
                cos * width, (-cos * slant - sin) * height,
                sin * width, (-sin * slant + cos) * height,
                13.5 + random.Between(-2.5, 2.5), 13.5 + random.Between(-2, 2));
        }

        public (double X, double Y) Apply(double x, double y)
        {
            var (cx, cy) = (x - 0.5, y - 0.5);
            return (Dx + Xx * cx + Xy * cy, Dy + Yx * cx + Yy * cy);
        }
    }
}
