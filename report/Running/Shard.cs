namespace Fgsm.Report.Running;

/// <summary>
/// The share of a run that one process does: of all pieces every <paramref name="Count"/>-th, from number <paramref name="Index"/> on.
/// </summary>
/// <param name="Index">From 1 to <paramref name="Count"/>.</param>
/// <param name="Count">How many shards the run is cut into.</param>
internal sealed record Shard(int Index, int Count)
{
    public IEnumerable<Piece> Of(IEnumerable<Piece> pieces) => pieces.Where((_, number) => number % Count == Index - 1);
}
