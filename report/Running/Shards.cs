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
            PieceFolder.Refuse(other.ReadPlan(), Plan, other.Path);
    }

    public RunPlan Plan { get; }

    /// <summary>A piece that is done; null when it is not.</summary>
    /// <exception cref="ReportException">Its file is not whole, or of another run.</exception>
    public DonePiece? Find(string name) => folders.Select(folder => folder.Find(name, Plan)).FirstOrDefault(done => done is not null);

    /// <summary>A piece that must be there.</summary>
    /// <exception cref="ReportException">It is not, or its file is not whole, or of another run.</exception>
    public DonePiece Get(string name) => Find(name)
        ?? throw new ReportException($"{string.Join(", ", folders.Select(folder => folder.Path))}: the piece {name} is not done; run its shard again.");

    /// <summary>Finds out whether all pieces are there and were measured on the same data.</summary>
    /// <exception cref="ReportException">They are not.</exception>
    public void CheckData(IEnumerable<string> names)
    {
        Dictionary<string, (string Sum, string Piece)> sums = [];
        foreach (var name in names)
        {
            var records = new RecordSet();
            records.Add(name, Get(name).Document);
            foreach (var (record, sum) in records.Of<string>().Where(text => text.Name.EndsWith(".data.sha256", StringComparison.Ordinal)))
            {
                var data = records.Get<string>(record.Replace(".sha256", ".name"), "text");
                if (!sums.TryAdd(data, (sum, name)) && sums[data].Sum != sum)
                    throw new ReportException($"{name}: its {data} has another checksum ({sum[..Math.Min(12, sum.Length)]}) than that of {sums[data].Piece}; run both on the same data.");
            }
        }
    }

    /// <summary>Why a piece failed; null when it did not.</summary>
    public string? Failure(string name) => folders.Select(folder => folder.Failure(name)).FirstOrDefault(failure => failure is not null);

    public bool IsRunning(string name, TimeProvider clock) => folders.Any(folder => folder.IsRunning(name, clock));
}
