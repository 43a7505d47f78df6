namespace Fgsm.Report.Running;

/// <summary>How far the shards of a run are, from their files alone.</summary>
internal static class ShardStatus
{
    /// <summary>Writes a line for each piece, and one with the counts and the time left.</summary>
    /// <exception cref="ReportException">Something the user must know.</exception>
    public static void Write(Repository repository, IReadOnlyList<string> folders, TextWriter output, TimeProvider clock)
    {
        var shards = new Shards(folders);
        var settings = shards.Plan.Settings;
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), shards.Plan.Notebooks);
        int done = 0, running = 0, failed = 0, waiting = 0;
        List<TimeSpan> times = [];
        foreach (var name in Piece.All(settings, notebooks).Select(piece => piece.NameIn(settings)))
            output.WriteLine($"{name}: {StateOf(name)}");

        output.WriteLine($"{done} done, {running} running, {failed} failed, {waiting} waiting");
        if (times.Count > 0 && running > 0)
        {
            var mean = TimeSpan.FromTicks((long)times.Average(time => time.Ticks));
            output.WriteLine($"About {TimeLeft.Show(mean * (running + waiting) / running)} left, if as many go on running.");
        }

        string StateOf(string name)
        {
            try
            {
                if (shards.Find(name) is { } piece)
                {
                    done++;
                    times.Add(piece.Time);
                    return $"done in {TimeLeft.Show(piece.Time)}";
                }
            }
            catch (ReportException e)
            {
                failed++;
                return e.Message;
            }
            if (shards.IsRunning(name, clock))
            {
                running++;
                return "running";
            }
            if (shards.Failure(name) is { } failure)
            {
                failed++;
                return $"failed: {failure.ReplaceLineEndings(" ").Trim()}";
            }
            waiting++;
            return "waiting";
        }
    }
}
