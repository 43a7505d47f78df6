using Microsoft.Data.Analysis;

namespace Fgsm.Evaluation;

/// <summary>Adversarial images crafted on one network and tried on another.</summary>
/// <param name="Names">Of the networks.</param>
/// <param name="Accuracy">Of network [column] on images crafted on network [row], in percent of all images.</param>
public sealed record TransferMatrix(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<double>> Accuracy)
{
    /// <summary>Attacks the images on each network and tries them on all.</summary>
    /// <exception cref="ArgumentException">Two networks have the same name, or the attack is targeted.</exception>
    public static TransferMatrix Run(IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Model)> networks, AdversarialAttack attack,
        TensorSet data, int batchSize = 250)
    {
        if (networks.DistinctBy(n => n.Name).Count() < networks.Count)
            throw new ArgumentException($"TransferMatrix: two networks have the same name: {string.Join(", ", networks.Select(n => n.Name))}");
        attack.RequireUntargeted(nameof(TransferMatrix));
        return new([.. networks.Select(n => n.Name)], [.. networks.Select(on =>
        {
            var parts = networks.Select(_ => new List<Predictions>()).ToList();
            using var views = NewDisposeScope();
            foreach (var batch in data.Batches(batchSize))
            {
                using var scope = NewDisposeScope();
                var adversarial = batch with { Images = attack.Attack(on.Model, batch) };
                for (var i = 0; i < networks.Count; i++)
                    parts[i].Add(Predictions.Of(networks[i].Model, adversarial));
            }
            return (IReadOnlyList<double>)[.. parts.Select(p => Predictions.Join(p).Accuracy)];
        })]);
    }

    /// <summary>A row for each pair: crafted_on, tried_on, accuracy (percent).</summary>
    public DataFrame ToDataFrame()
    {
        var places = Enumerable.Range(0, Names.Count);
        var pairs = places.SelectMany(row => places.Select(column => (row, column))).ToList();
        return new(
            new StringDataFrameColumn("crafted_on", pairs.Select(p => Names[p.row])),
            new StringDataFrameColumn("tried_on", pairs.Select(p => Names[p.column])),
            new DoubleDataFrameColumn("accuracy", pairs.Select(p => Accuracy[p.row][p.column])));
    }
}
