namespace Fgsm.Training;

/// <summary>Ordinary training: the mean cross-entropy of the batch. One gradient an image.</summary>
public class CrossEntropy : Objective
{
    /// <summary>
    /// The share of each label that is spread evenly over all classes, from 0 to 1.
    /// Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception Architecture for Computer Vision", 2016,
    /// https://arxiv.org/abs/1512.00567, section 7.
    /// </summary>
    public double LabelSmoothing { get; init; }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var logits = model.call(x);
        return (nn.functional.cross_entropy(logits, y, label_smoothing: LabelSmoothing), logits);
    }
}
