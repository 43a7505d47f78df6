using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fgsm.Attacks;

/// <summary>
/// An attack's random numbers, drawn by PyTorch's generator. Without a seed they come from torch's own stream in the order of the
/// batch, as in the official implementations: after <c>torch.manual_seed</c> these are their numbers. With a seed they belong to
/// the image: seed and pixels determine them, so an image is attacked alike alone, in any batch, and with any others dropped.
/// </summary>
internal sealed class RandomDraws
{
    private readonly long[]? seeds;
    private readonly long[] images;

    /// <param name="seeds">Of the next draw of every image; null for torch's stream.</param>
    /// <param name="images">Whose numbers these are.</param>
    private RandomDraws(long[]? seeds, long[] images) => (this.seeds, this.images) = (seeds, images);

    public static RandomDraws For(Tensor x, long? seed)
    {
        if (seed is not { } given)
            return new(null, []);
        using var scope = NewDisposeScope();
        var rows = x.cpu().reshape(x.shape[0], -1);
        long[] images = [.. Enumerable.Range(0, (int)x.shape[0])];
        return new(Array.ConvertAll(images, i => Seed(given, rows[i].data<float>().ToArray())), images);
    }

    private static long Seed(long seed, float[] pixels) =>
        BitConverter.ToInt64(SHA256.HashData([.. BitConverter.GetBytes(seed), .. MemoryMarshal.AsBytes<float>(pixels)]));

    /// <summary>Uniform numbers from low to high in the shape of a tensor whose first dimension counts the images.</summary>
    public Tensor Uniform(Tensor like, double low, double high) => Draw(like, part => part.uniform_(low, high));

    /// <summary>Standard normal numbers.</summary>
    public Tensor Normal(Tensor like) => Draw(like, part => part.normal_());

    private Tensor Draw(Tensor like, Action<Tensor> fill)
    {
        var numbers = empty_like(like);
        if (seeds is null)
        {
            fill(numbers);
            return numbers;
        }
        using var scope = NewDisposeScope();
        using var state = random.get_rng_state();
        for (var i = 0; i < images.Length; i++)
        {
            ref var seed = ref seeds[images[i]];
            manual_seed(seed);
            fill(numbers[i]);
            seed = unchecked(seed * 6364136223846793005 + 1442695040888963407);
        }
        random.set_rng_state(state);
        return numbers;
    }

    /// <summary>The draws of some of the images: the same streams.</summary>
    /// <param name="some">int64 numbers of images.</param>
    public RandomDraws Of(Tensor some) =>
        new(seeds, seeds is null ? [] : Array.ConvertAll(some.cpu().data<long>().ToArray(), i => images[i]));
}
