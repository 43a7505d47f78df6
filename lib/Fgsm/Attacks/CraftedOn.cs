namespace Fgsm.Attacks;

/// <summary>
/// An attack that is run on another network than the one under attack: on a surrogate that has the gradients which a defence hides
/// (<see cref="Defences.StraightThrough"/>, <see cref="Defences.Expectation"/>), or on a network of the attacker's own (transfer).
/// </summary>
/// <example><c>AttackSuite.Run(defended, test, [new CraftedOn(surrogate, new PGD(eps, eps / 4, 40))])</c></example>
/// <param name="surrogate">Gives logits <c>[N, classes]</c> for the same images.</param>
/// <param name="attack">What is run on it.</param>
public sealed class CraftedOn(nn.Module<Tensor, Tensor> surrogate, FixedEpsAttack attack) : FixedEpsAttack(attack.Eps)
{
    protected override IReadOnlyList<Norm> Norms => [attack.Norm];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => attack.Attack(surrogate, x, y);

    public override string ToString() => $"{attack} crafted on {surrogate.GetName()}";
}
