namespace Fgsm.Report.Display;

/// <summary>
/// Where the time of a run goes: for each phase of each notebook, a section of its text, how long it took and the most memory that the
/// process had meanwhile, looked at four times a second.
/// </summary>
internal sealed class Timings : IDisposable
{
    private const long MiB = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);

    private readonly Lock gate = new();
    private readonly List<Phase> phases = [];
    private readonly TimeProvider clock;
    private readonly Func<long> memory;
    private readonly ITimer looks;
    private Phase? current;

    /// <param name="memory">The bytes that the process has now; null for its working set.</param>
    public Timings(TimeProvider clock, Func<long>? memory = null)
    {
        (this.clock, this.memory) = (clock, memory ?? (() => Environment.WorkingSet));
        looks = clock.CreateTimer(_ => Look(), null, Pause, Pause);
    }

    /// <summary>A phase begins, or goes on; the one before ends.</summary>
    public void Start(string notebook, string name)
    {
        Stop();
        lock (gate)
        {
            current = phases.Find(phase => phase.Notebook == notebook && phase.Name == name);
            if (current is null)
                phases.Add(current = new Phase(notebook, name));
            current.Since = clock.GetTimestamp();
        }
        Look();
    }

    /// <summary>The phase ends.</summary>
    public void Stop()
    {
        Look();
        lock (gate)
        {
            if (current is not null)
                current.Time += clock.GetElapsedTime(current.Since);
            current = null;
        }
    }

    private void Look()
    {
        lock (gate)
            current?.Peak = Math.Max(current.Peak, memory());
    }

    /// <summary>A row for each phase in the order in which they began, and one for the whole.</summary>
    public ResultTable ToTable()
    {
        var table = new ResultTable("Where the time went").Text("Notebook").Text("Phase")
            .Number("Time", "s", "0.0").Percent("Share", "0.0").Number("Peak memory", "MiB", "0");
        var whole = Math.Max(1e-9, phases.Sum(phase => phase.Time.TotalSeconds));
        foreach (var phase in phases)
            Add(phase.Notebook, phase.Name, phase.Time.TotalSeconds, phase.Peak);
        if (phases.Count > 0)
            Add("all", "", whole, phases.Max(phase => phase.Peak));
        return table;

        void Add(string notebook, string name, double seconds, long peak) =>
            table.Add(notebook, name, seconds, 100 * seconds / whole, (double)peak / MiB);
    }

    public void Write(TextWriter output) => output.WriteLine(ToTable().ToText(ReportCommand.Columns).TrimEnd());

    public void Dispose() => looks.Dispose();

    private sealed class Phase(string notebook, string name)
    {
        public string Notebook => notebook;
        public string Name => name;
        public long Since { get; set; }
        public TimeSpan Time { get; set; }
        public long Peak { get; set; }
    }
}
