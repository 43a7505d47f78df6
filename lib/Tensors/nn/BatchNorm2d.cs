namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>
            /// Normalises each channel of <c>[N, C, H, W]</c>: in training by the batch's mean and variance, in evaluation by running ones.
            /// </summary>
            /// <param name="momentum">The batch's share in the running statistics.</param>
            /// <param name="affine">Whether a factor and a summand for each channel are learned.</param>
            /// <param name="track_running_stats">Whether there are running statistics; else a batch's own serve in evaluation too.</param>
            public static BatchNorm2d BatchNorm2d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true) =>
                new(num_features, eps, momentum, affine, track_running_stats);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.BatchNorm2d"/>.</summary>
    public sealed class BatchNorm2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long num_features { get; }
        public double eps { get; set; }

        /// <summary>The batch's share in the running statistics; null makes them the average over all batches.</summary>
        public double? momentum { get; set; }

        /// <summary><c>[C]</c>, 1 at first; null when not affine.</summary>
        public Parameter? weight { get; }

        /// <summary><c>[C]</c>, 0 at first; null when not affine.</summary>
        public Parameter? bias { get; }

        /// <summary><c>[C]</c>, 0 at first; null when not tracked.</summary>
        public torch.Tensor? running_mean { get; }

        /// <summary><c>[C]</c>, 1 at first; null when not tracked.</summary>
        public torch.Tensor? running_var { get; }

        /// <summary>How many batches training has seen: int64; null when not tracked.</summary>
        public torch.Tensor? num_batches_tracked { get; }

        internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats) : base("BatchNorm2d")
        {
            (this.num_features, this.eps, this.momentum) = (num_features, eps, momentum);
            if (affine)
            {
                register_parameter("weight", weight = torch.nn.Default.Filled(1, num_features));
                register_parameter("bias", bias = torch.nn.Default.Filled(0, num_features));
            }
            if (!track_running_stats)
                return;
            register_buffer("running_mean", running_mean = torch.zeros(num_features));
            register_buffer("running_var", running_var = torch.ones(num_features));
            register_buffer("num_batches_tracked", num_batches_tracked = torch.tensor(0L));
        }

        /// <summary>Forgets all batches.</summary>
        public void reset_running_stats()
        {
            running_mean?.zero_();
            running_var?.fill_(1);
            num_batches_tracked?.zero_();
        }

        /// <exception cref="ArgumentException">The input has not four dimensions, or another number of channels.</exception>
        public override torch.Tensor forward(torch.Tensor input) => forward<NoActivation>(input);

        /// <summary>The result after an activation, in one pass, with the bits of the two ops.</summary>
        internal torch.Tensor forward<TActivation>(torch.Tensor input) where TActivation : struct, IActivation
        {
            if (input.ndim != 4)
                throw new ArgumentException($"BatchNorm2d: expected [N, {num_features}, H, W], got {Shape.Text(input.Sizes)}");
            if (training)
                num_batches_tracked?.add_(1);
            var share = momentum ?? (training && num_batches_tracked is not null ? 1.0 / num_batches_tracked.item<long>() : 0);
            return torch.nn.functional.batch_norm<TActivation>(
                input, running_mean, running_var, weight, bias, training || running_mean is null, share, eps);
        }
    }
}
