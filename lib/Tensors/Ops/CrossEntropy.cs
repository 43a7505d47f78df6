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
            /// <param name="weight">A factor for each class, <c>[classes]</c>; the mean is divided by the labels' sum of it.</param>
            /// <param name="ignore_index">A label whose loss is 0 and that the mean leaves out.</param>
            /// <param name="label_smoothing">The share of each target that is spread evenly over all classes, from 0 to 1.</param>
            /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                nll_loss(log_softmax(input, -1), target, weight, ignore_index, reduction, label_smoothing, "cross_entropy");

            /// <summary>-x[n, label n]: log-probabilities <c>[N, classes]</c>, int64 labels <c>[N]</c>; -100 is ignored.</summary>
            /// <param name="weight">A factor for each class, as for <see cref="cross_entropy"/>.</param>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                nll_loss(input, target, weight, ignore_index: -100, reduction, label_smoothing: 0, "nll_loss");

            private static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight, long ignore_index, Reduction reduction,
                double label_smoothing, string op)
            {
                if (target.dtype != ScalarType.Int64 || input.ndim != 2 || target.ndim != 1 || target.Sizes[0] != input.Sizes[0])
                    throw new ArgumentException(
                        $"{op}: expected float32 [N, classes] and int64 labels [N], "
                        + $"got {Shape.Text(input.Sizes)} and {target.dtype.Name()} {Shape.Text(target.Sizes)}");
                var (count, classes) = ((int)input.Sizes[0], (int)input.Sizes[1]);
                if (weight is not null && (weight.ndim != 1 || weight.Sizes[0] != classes))
                    throw new ArgumentException($"{op}: weight is {Shape.Text(weight.Sizes)}, expected [{classes}]");
                if (label_smoothing is not (>= 0 and <= 1))
                    throw new ArgumentOutOfRangeException(
                        nameof(label_smoothing), $"{op}: label_smoothing must be from 0 to 1, got {label_smoothing}");
                foreach (var label in target.Span<long>())
                    if ((label < 0 || label >= classes) && label != ignore_index)
                        throw new ArgumentOutOfRangeException(nameof(target), $"{op}: label {label} is not one of the {classes} classes");

                // The loss is minus the inner product of the log-probabilities and the target's distribution.
                var (labels, factors) = (target.Span<long>().ToArray(), weight?.Span<float>().ToArray());
                var spread = label_smoothing / classes;
                float Share(int n, int c) => (float)(((c == labels[n] ? 1 - label_smoothing : 0) + spread) * (factors?[c] ?? 1));
                var losses = Tensor.Empty(op, [count]);
                var x = input.Span<float>();
                var values = losses.Span<float>();
                var total = 0.0;
                for (var n = 0; n < count; n++)
                {
                    values[n] = 0;
                    if (labels[n] == ignore_index)
                        continue;
                    total += factors?[labels[n]] ?? 1;
                    if (label_smoothing == 0)
                        values[n] = -x[n * classes + (int)labels[n]] * Share(n, (int)labels[n]);
                    else
                        for (var c = 0; c < classes; c++)
                            values[n] -= x[n * classes + c] * Share(n, c);
                }
                Node.Record(op, losses, [], (input, (g, _) =>
                {
                    var dx = zeros(count, classes);
                    var to = dx.Span<float>();
                    var from = g.Span<float>();
                    for (var n = 0; n < count; n++)
                    {
                        if (labels[n] == ignore_index)
                            continue;
                        if (label_smoothing == 0)
                            to[n * classes + (int)labels[n]] = -from[n] * Share(n, (int)labels[n]);
                        else
                            for (var c = 0; c < classes; c++)
                                to[n * classes + c] = -from[n] * Share(n, c);
                    }
                    return dx;
                }));
                return reduction == Reduction.Mean ? losses.sum() / (float)total : Reduce(losses, reduction);
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
