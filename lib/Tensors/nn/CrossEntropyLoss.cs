namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>See <see cref="functional.cross_entropy"/>.</summary>
            /// <param name="weight">A factor for each class.</param>
            /// <param name="ignore_index">A label that does not count.</param>
            public static CrossEntropyLoss CrossEntropyLoss(
                Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index, reduction);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.CrossEntropyLoss"/>.</summary>
    public sealed class CrossEntropyLoss : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>
    {
        private readonly torch.Tensor? weight;
        private readonly torch.nn.Reduction reduction;

        public long? ignore_index { get; }

        /// <summary>The share of each target that is spread evenly over all classes, from 0 to 1.</summary>
        public double label_smoothing { get; }

        /// <inheritdoc cref="torch.nn.CrossEntropyLoss"/>
        public CrossEntropyLoss(torch.Tensor? weight = null, long? ignore_index = null,
            torch.nn.Reduction reduction = torch.nn.Reduction.Mean, double label_smoothing = 0) : base("CrossEntropyLoss")
        {
            (this.ignore_index, this.reduction, this.label_smoothing) = (ignore_index, reduction, label_smoothing);
            if (weight is not null)
                register_buffer("weight", this.weight = weight.detach());
        }

        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.cross_entropy(
            input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
    }
}
