namespace Fgsm.Tensors.Modules;

/// <summary>See <see cref="torch.optim.AdamW(IEnumerable{Parameter}, double, double, double, double, double)"/>.</summary>
public sealed class AdamW : Adam
{
    internal AdamW(IEnumerable<ParamGroup> groups, double lr, double beta1, double beta2, double eps, double weight_decay)
        : base(groups, lr, beta1, beta2, eps, weight_decay)
    {
    }

    private protected override bool Decoupled => true;
}
