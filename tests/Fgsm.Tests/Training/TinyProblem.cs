using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>Two classes of 4x4 images that a line can tell apart: bright on the left, or on the right.</summary>
internal static class TinyProblem
{
    /// <summary>No two images are equal. Pixels from 0.1 to 0.9, so that attacks up to 0.1 are never clipped.</summary>
    public static TensorSet Images(int count, long seed = 7)
    {
        manual_seed(seed);
        var pixels = (rand(count, 1, 4, 4) * 0.4 + 0.1).Floats();
        for (var i = 0; i < pixels.Length; i++)
            if ((i % 4 < 2) == (i / 16 % 2 == 0))
                pixels[i] += 0.4f;
        return new TensorSet(tensor(pixels, [count, 1, 4, 4]), tensor(Enumerable.Range(0, count).Select(i => i % 2L).ToArray()));
    }

    public static string[] Split(float[] pixels) => [.. pixels.Chunk(16).Select(image => string.Join(' ', image))];
}
