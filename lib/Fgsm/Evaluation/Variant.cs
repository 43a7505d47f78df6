namespace Fgsm.Evaluation;

/// <summary>A network and its optimiser, which differ in one thing from others.</summary>
/// <param name="Name">What is different, as tables call it: "3x3 kernels".</param>
/// <param name="Network">Makes the network; its weights follow from torch's generator.</param>
/// <param name="Optimizer">Makes the optimiser of the network.</param>
public sealed record Variant(
    string Name, Func<nn.Module<Tensor, Tensor>> Network, Func<nn.Module<Tensor, Tensor>, optim.Optimizer> Optimizer);
