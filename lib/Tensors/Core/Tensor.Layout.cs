namespace Fgsm.Tensors;

public static partial class torch
{
    // Images between convolutions lie with the channels innermost, which is what the kernels work on. An op that does not
    // care about the order of elements keeps it; any other sees the tensor in row-major order, to which the first that asks brings it.
    public partial class Tensor
    {
        /// <summary>Whether <c>[N, C, H, W]</c> lies in memory as <c>[N, H, W, C]</c>.</summary>
        internal bool IsChannelsLast => storage.ChannelsLast;

        /// <summary>The first element's address, whatever the order of the elements.</summary>
        internal unsafe float* Unordered
        {
            get
            {
                RequireAlive();
                var memory = Memory<float>();
                return (float*)Unsafe.AsPointer(ref memory.Array[memory.Start + offset]);
            }
        }

        /// <summary>New images of undefined content.</summary>
        internal static Tensor EmptyImages(string op, ReadOnlySpan<long> shape, bool channelsLast)
        {
            var images = Empty(op, shape);
            // With one channel or one pixel both orders are the same.
            images.storage.ChannelsLast = channelsLast && shape.Length == 4 && shape[1] > 1 && shape[2] * shape[3] > 1;
            return images;
        }

        /// <summary>A new tensor of undefined content with the shape and the order of another.</summary>
        internal static Tensor EmptyAs(string op, Tensor like) => EmptyImages(op, like.sizes, like.IsChannelsLast);

        /// <summary>Whether all have the channels last; if not all have, those that do are brought to row-major order.</summary>
        internal static bool ShareChannelsLast(params ReadOnlySpan<Tensor> tensors)
        {
            var all = true;
            foreach (var tensor in tensors)
                all &= tensor.IsChannelsLast;
            if (!all)
                foreach (var tensor in tensors)
                    tensor.ToRowMajor();
            return all;
        }

        private unsafe void ToRowMajor()
        {
            if (!storage.ChannelsLast)
                return;
            lock (storage)
            {
                if (!storage.ChannelsLast)
                    return;
                var memory = (Storage<float>)storage;
                var rowMajor = BufferPool<float>.Rent(Count);
                var from = Unordered;
                var to = (float*)Unsafe.AsPointer(ref rowMajor.Array[rowMajor.Start]);
                var (channels, pixels) = ((int)sizes[1], (int)(sizes[2] * sizes[3]));
                Threads.For((int)sizes[0], image => Kernels.Convolutions.ChannelsLast.ToPlanes(
                    from + (nint)image * channels * pixels, channels, channels, pixels, to + (nint)image * channels * pixels, pixels));
                memory.Exchange(rowMajor);
                storage.ChannelsLast = false;
            }
        }
    }
}
