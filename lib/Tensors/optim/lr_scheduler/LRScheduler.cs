namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// Sets the learning rates of an optimiser's groups, first when it is made and then at each <see cref="step"/>. The same
            /// bits on every machine.
            /// </summary>
            public sealed class LRScheduler
            {
                private readonly ParamGroup[] groups;
                private readonly Func<ParamGroup, int, int, double> rate;
                private int epoch;
                private double[] last = [];

                /// <param name="rate">The learning rate of a group, which has this index, in an epoch, which counts from 0.</param>
                internal LRScheduler(Optimizer optimizer, int last_epoch, Func<ParamGroup, int, int, double> rate)
                {
                    (groups, epoch, this.rate) = ([.. optimizer.ParamGroups], last_epoch, rate);
                    // What is the learning rate now is the initial one for good, unless an earlier scheduler fixed it.
                    foreach (var group in groups)
                        group.InitialLearningRate = group.InitialLearningRate;
                    step();
                }

                /// <summary>Goes on to the next epoch; or to the next batch, where the schedule counts in batches.</summary>
                public void step()
                {
                    epoch++;
                    last = [.. groups.Select((group, index) => group.LearningRate = rate(group, index, epoch))];
                }

                /// <summary>The learning rates that this scheduler set last, one for each group.</summary>
                public IEnumerable<double> get_last_lr() => last;
            }

            /// <summary>Multiplies the learning rates by gamma every so many epochs.</summary>
            /// <param name="step_size">1 or more.</param>
            /// <param name="last_epoch">To go on with an optimiser whose state was loaded: how often step() had been called.</param>
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1)
            {
                if (step_size < 1)
                    throw new ArgumentOutOfRangeException(nameof(step_size), $"StepLR: step_size must be 1 or more, got {step_size}");
                return new(optimizer, last_epoch, (group, _, epoch) =>
                    epoch == 0 || epoch % step_size != 0 ? group.LearningRate : group.LearningRate * gamma);
            }

            /// <summary>The initial learning rates times a function of the epoch, which counts from 0.</summary>
            /// <inheritdoc cref="StepLR" path="/param[@name='last_epoch']"/>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1) =>
                new(optimizer, last_epoch, (group, _, epoch) => group.InitialLearningRate * lr_lambda(epoch));

            /// <summary>
            /// Half a cosine from the initial learning rates down to eta_min and, if it goes on, up again (SGDR, Loshchilov and Hutter,
            /// 2017, equation 5, without restarts). As in PyTorch, each rate follows from the one before, which others may change.
            /// </summary>
            /// <param name="T_max">The epochs down to eta_min, more than 0.</param>
            /// <inheritdoc cref="StepLR" path="/param[@name='last_epoch']"/>
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1)
            {
                if (!(T_max > 0))
                    throw new ArgumentOutOfRangeException(
                        nameof(T_max), FormattableString.Invariant($"CosineAnnealingLR: T_max must be more than 0, got {T_max}"));
                return new(optimizer, last_epoch, (group, _, epoch) => epoch == 0
                    ? group.LearningRate
                    // The epoch before was at eta_min, from where the ratio below would be 0/0.
                    : (epoch - 1 - T_max) % (2 * T_max) == 0
                    ? group.LearningRate + (group.InitialLearningRate - eta_min) * (1 - Cosine(1 / T_max)) / 2
                    : (1 + Cosine(epoch / T_max)) / (1 + Cosine((epoch - 1) / T_max)) * (group.LearningRate - eta_min) + eta_min);
            }

            /// <summary>The cosine of so many half turns, 0 or more. Error below 1e-15 for a few turns.</summary>
            private static double Cosine(double halfTurns) => VectorMath.SinCos(Math.PI * (halfTurns % 2)).Cos;
        }
    }
}
