using Fgsm.Data;

namespace Fgsm.Report.Running;

/// <summary>The shards of one run, in one folder or in several.</summary>
internal sealed class Shards
{
    private readonly PieceFolder[] folders;

    /// <exception cref="ReportException">A folder holds no shard, or they are of different runs.</exception>
    public Shards(IEnumerable<string> paths)
    {
        folders = [.. paths.Select(path => new PieceFolder(path))];
        Plan = folders[0].ReadPlan();
        foreach (var other in folders[1..])
            if (other.ReadPlan().Difference(Plan) is { } difference)
                throw new ReportException(
                    $"{other.Path}: is of another run than {folders[0].Path}, and differs in {difference}; name shards of one run.")
                    { IsUsage = true };
    }

    public RunPlan Plan { get; }

    /// <summary>A piece that is done; null when it is not.</summary>
    /// <exception cref="ReportException">Its file is not whole, or of another run.</exception>
    public DonePiece? Find(string name) => folders.Select(folder => folder.Find(name, Plan)).FirstOrDefault(done => done is not null);

    /// <summary>A piece that must be there.</summary>
    /// <exception cref="ReportException">It is not, or its file is not whole, or of another run.</exception>
    public DonePiece Get(string name) => Find(name)
        ?? throw new ReportException(
            $"{string.Join(", ", folders.Select(folder => folder.Path))}: the piece {name} is not done; run its shard again.");

    /// <summary>Finds out before the merge what would stop it: pieces that are missing, or of other code or data.</summary>
    /// <param name="repository">The checkout that merges.</param>
    /// <param name="notebooks">The notebooks of the run, in it.</param>
    /// <exception cref="ReportException">There are such pieces.</exception>
    public void Check(Repository repository, IReadOnlyList<NotebookFile> notebooks)
    {
        if (Plan.Difference(RunPlan.Of(repository, Plan.Settings, notebooks)) is { } difference)
            throw new ReportException(
                $"{folders[0].Path}: is of another checkout, which differs in {difference}; merge in the one that the shards ran in.");
        Dictionary<string, (string Sum, string Piece)> sums = [];
        Dictionary<string, (string Data, string Piece)> used = [];
        foreach (var piece in Piece.All(Plan.Settings, notebooks))
        {
            var name = piece.NameIn(Plan.Settings);
            var data = DataOf(Get(name).Document);
            foreach (var (set, sum) in data)
                if (!sums.TryAdd(set, (sum, name)) && sums[set] is var first && first.Sum != sum)
                    throw Other(name, $"its {set}", sum, first.Piece, first.Sum);
            var sets = string.Join(" and ", data.Keys);
            if (!used.TryAdd(piece.Notebook.Name, (sets, name)) && used[piece.Notebook.Name] is var earlier && earlier.Data != sets)
                throw Other(name, "its data", sets, earlier.Piece, earlier.Data);
        }

        static ReportException Other(string piece, string what, string mine, string other, string its) =>
            new($"{piece}: {what} differs from that of {other} ({mine}, not {its}); run both on the same data.");
    }

    // The checksums of its data sets, by name. Where MNIST cannot be had, digits are drawn in its place.
    private static SortedDictionary<string, string> DataOf(Notebook document)
    {
        const string name = ".data.name", sum = ".data.sha256", synthetic = ".data.synthetic";
        var records = new RecordSet();
        records.Add("", document);
        SortedDictionary<string, string> data = new(StringComparer.Ordinal);
        foreach (var (record, _) in records.Of<string>().Where(text => text.Name.EndsWith(sum, StringComparison.Ordinal)))
        {
            var set = record[..^sum.Length];
            data[Text(set + synthetic) == "yes" ? DataSource.Mnist.Name : Text(set + name)] = Text(set + sum);
        }
        return data;

        string Text(string record) => records.Get<string>(record, "text");
    }

    /// <summary>Why a piece failed; null when it did not.</summary>
    public string? Failure(string name) => folders.Select(folder => folder.Failure(name)).FirstOrDefault(failure => failure is not null);

    public bool IsRunning(string name, TimeProvider clock) => folders.Any(folder => folder.IsRunning(name, clock));
}
