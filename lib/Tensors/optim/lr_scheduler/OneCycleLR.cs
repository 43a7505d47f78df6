namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>The same learning rates and momenta in all groups; see the other overload.</summary>
            public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1,
                int steps_per_epoch = -1, double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true,
                double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4,
                bool three_phase = false, int last_epoch = -1)
            {
                IEnumerable<double> ForEachGroup(double value) => optimizer.ParamGroups.Select(_ => value);
                return OneCycleLR(optimizer, ForEachGroup(max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy,
                    cycle_momentum, ForEachGroup(base_momentum), ForEachGroup(max_momentum), div_factor, final_div_factor, three_phase,
                    last_epoch);
            }

            /// <summary>
            /// Up from max_lr / div_factor to max_lr and down to a very low rate, while the momentum, or Adam's beta1, goes down and up
            /// (Smith and Topin, 2018). <see cref="LRScheduler.step"/> is called after each batch, at most total_steps times.
            /// </summary>
            /// <param name="max_lr">The highest learning rate of each group.</param>
            /// <param name="total_steps">The batches of the training; else epochs and steps_per_epoch must be given.</param>
            /// <param name="pct_start">The share, in [0,1], of the steps in which the learning rate goes up.</param>
            /// <param name="base_momentum">The lowest momentum of each group; null is 0.85.</param>
            /// <param name="max_momentum">The highest momentum of each group; null is 0.95.</param>
            /// <param name="final_div_factor">The last learning rate is the first divided by this.</param>
            /// <param name="three_phase">
            /// Down to the first rate in as many steps as up, and then to the last rate; else down to the last rate at once.
            /// </param>
            /// <inheritdoc cref="StepLR" path="/param[@name='last_epoch']"/>
            /// <exception cref="ArgumentException">A number is out of its range, or there is not one for each group.</exception>
            public static LRScheduler OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1,
                int steps_per_epoch = -1, double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true,
                IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null, double div_factor = 25,
                double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1)
            {
                if (total_steps == -1)
                    total_steps = epochs > 0 && steps_per_epoch > 0 ? epochs * steps_per_epoch
                        : throw new ArgumentException("OneCycleLR: needs total_steps, or epochs and steps_per_epoch");
                if (total_steps < 1)
                    throw new ArgumentOutOfRangeException(
                        nameof(total_steps), $"OneCycleLR: total_steps must be 1 or more, got {total_steps}");
                if (!(pct_start is >= 0 and <= 1))
                    throw new ArgumentOutOfRangeException(
                        nameof(pct_start), FormattableString.Invariant($"OneCycleLR: pct_start must be in [0,1], got {pct_start}"));

                double[] ForEachGroup(string name, IEnumerable<double>? values, double otherwise)
                {
                    var groups = optimizer.ParamGroups.Count();
                    double[] all = [.. values ?? Enumerable.Repeat(otherwise, groups)];
                    return all.Length == groups ? all
                        : throw new ArgumentException($"OneCycleLR: got {all.Length} values of {name} for {groups} parameter groups");
                }

                var top = ForEachGroup(nameof(max_lr), max_lr, double.NaN);
                var low = ForEachGroup(nameof(base_momentum), base_momentum, 0.85);
                var high = ForEachGroup(nameof(max_momentum), max_momentum, 0.95);
                foreach (var (group, max) in optimizer.ParamGroups.Zip(top))
                    group.InitialLearningRate = max / div_factor;

                // Where each phase ends, and how high the learning rate is there: 0 at first, 1 at max_lr, -1 at last. The momentum is
                // lowest where the learning rate is highest.
                var up = pct_start * total_steps - 1;
                (double End, int Height)[] phases = three_phase
                    ? [(0, 0), (up, 1), (2 * up, 0), (total_steps - 1, -1)]
                    : [(0, 0), (up, 1), (total_steps - 1, -1)];
                return new(optimizer, last_epoch, (group, index, step) =>
                {
                    if (step > total_steps)
                        throw new InvalidOperationException($"OneCycleLR: step {step} of a schedule of {total_steps}");
                    var phase = 1;
                    while (phase < phases.Length - 1 && step > phases[phase].End)
                        phase++;
                    var (from, to) = (phases[phase - 1], phases[phase]);
                    // A phase of no steps is at its end; PyTorch would divide by 0.
                    var share = to.End == from.End ? 1 : (step - from.End) / (to.End - from.End);
                    var left = anneal_strategy == impl.OneCycleLR.AnnealStrategy.Cos ? (1 + Cosine(share)) / 2 : 1 - share;
                    double Between(Func<int, double> value) => value(to.Height) + (value(from.Height) - value(to.Height)) * left;

                    if (cycle_momentum)
                    {
                        var momentum = Between(height => height == 1 ? low[index] : high[index]);
                        if (group is Adam.ParamGroup adam)
                            adam.Betas = (momentum, adam.Betas.Beta2);
                        else
                            ((SGD.ParamGroup)group).Momentum = momentum;
                    }
                    var first = group.InitialLearningRate;
                    return Between(height => height == 1 ? top[index] : height == 0 ? first : first / final_div_factor);
                });
            }

            public static class impl
            {
                public static class OneCycleLR
                {
                    /// <summary>How a value goes from one end of a phase to the other.</summary>
                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }
                }
            }
        }
    }
}
