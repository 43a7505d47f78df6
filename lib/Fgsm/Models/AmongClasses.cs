namespace Fgsm.Models;

/// <summary>
/// Lets a network of many classes choose among few of them: the logits of all others are moved out of reach. As its last layer:
/// SqueezeNet knows 1,000 classes, a piece of ImageNet has ten. <c>[N, classes]</c> to the same shape.
/// </summary>
/// <example><c>nn.Sequential(("squeezenet", SqueezeNet.Pretrained()), ("among", new AmongClasses(test.Labels, 1000)))</c></example>
public sealed class AmongClasses : nn.Module<Tensor, Tensor>
{
    // Far below any logit; a probability of 0 and finite all the same.
    private const float OutOfReach = -1e6f;

    private readonly float[] shift;

    /// <param name="labels">int64 class numbers to choose among, in any order and as often as one likes, <c>[n]</c>.</param>
    /// <param name="classes">How many classes the network knows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is none of the network's classes.</exception>
    public AmongClasses(Tensor labels, int classes) : base("AmongClasses")
    {
        shift = [.. Enumerable.Repeat(OutOfReach, classes)];
        foreach (var label in labels.cpu().data<long>().ToArray().Distinct())
            shift[label >= 0 && label < classes ? label : throw new ArgumentOutOfRangeException(
                nameof(labels), $"AmongClasses: label {label} is not one of the network's {classes} classes")] = 0;
    }

    /// <exception cref="ArgumentException">The network knows another number of classes.</exception>
    public override Tensor forward(Tensor input) => input.shape[^1] == shift.Length
        ? input + tensor(shift, [1, shift.Length]).to(input.device)
        : throw new ArgumentException($"AmongClasses: expected logits of {shift.Length} classes, got {input.shape[^1]}");
}
