namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction
        {
            None,
            Mean,
            Sum,
        }

        public static partial class functional
        {
            /// <summary>
            /// -log of the probability that softmax gives to each label: logits <c>[N, classes]</c>, int64 labels <c>[N]</c>.
            /// </summary>
            /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
            public static Tensor cross_entropy(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                nll_loss(log_softmax(input, -1), target, reduction, "cross_entropy");

            /// <summary>-x[n, label n]: log-probabilities <c>[N, classes]</c>, int64 labels <c>[N]</c>.</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                nll_loss(input, target, reduction, "nll_loss");

            private static Tensor nll_loss(Tensor input, Tensor target, Reduction reduction, string op)
            {
                if (target.dtype != ScalarType.Int64 || input.ndim != 2 || target.ndim != 1 || target.Sizes[0] != input.Sizes[0])
                    throw new ArgumentException(
                        $"{op}: expected float32 [N, classes] and int64 labels [N], "
                        + $"got {Shape.Text(input.Sizes)} and {target.dtype.Name()} {Shape.Text(target.Sizes)}");
                foreach (var label in target.Span<long>())
                    if (label < 0 || label >= input.Sizes[1])
                        throw new ArgumentOutOfRangeException(
                            nameof(target), $"{op}: label {label} is not one of the {input.Sizes[1]} classes");
                return Reduce(input.gather(1, target.unsqueeze(1)).squeeze(1).neg(), reduction);
            }

            /// <summary>(x - y)^2 of equal shapes.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
            {
                if (!input.Sizes.SequenceEqual(target.Sizes))
                    throw new ArgumentException(
                        $"mse_loss: expected equal shapes, got {Shape.Text(input.Sizes)} and {Shape.Text(target.Sizes)}");
                return Reduce((input - target).square(), reduction);
            }

            /// <summary>
            /// The Kullback-Leibler divergence of the target from the input, element by element: t (log t - x), where x is the
            /// logarithm of a probability; 0 where t is 0.
            /// </summary>
            /// <param name="log_target">The target holds logarithms too.</param>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
            {
                var logarithm = log_target ? target : where(target.gt(0), target, ones_like(target)).log();
                var probability = log_target ? target.exp() : target;
                return Reduce(probability * logarithm - probability * input, reduction);
            }

            private static Tensor Reduce(Tensor losses, Reduction reduction) => reduction switch
            {
                Reduction.Mean => losses.mean(),
                Reduction.Sum => losses.sum(),
                _ => losses,
            };
        }
    }
}
