namespace Fgsm.Report.Running;

/// <summary>How far the shards of a run are, from their files alone.</summary>
internal static class ShardStatus
{
    /// <summary>Writes a line for each piece that is running or failed, the number of all, and the time left.</summary>
    /// <exception cref="ReportException">Something the user must know.</exception>
    public static void Write(Repository repository, Shards shards, TextWriter output, TimeProvider clock)
    {
        var settings = shards.Plan.Settings;
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), shards.Plan.Notebooks);
        int running = 0, failed = 0, waiting = 0;
        List<TimeSpan> done = [];
        foreach (var name in Piece.All(settings, notebooks).Select(piece => piece.NameIn(settings)))
        {
            var (piece, failure) = Look(name);
            if (piece is not null)
            {
                done.Add(piece.Time);
            }
            else if (shards.IsRunning(name, clock))
            {
                running++;
                output.WriteLine($"{name}: running");
            }
            else if (failure is not null)
            {
                failed++;
                output.WriteLine($"{name}: failed: {failure.ReplaceLineEndings(" ").Trim()}");
            }
            else
            {
                waiting++;
            }
        }
        output.WriteLine($"{done.Count} done, {running} running, {failed} failed, {waiting} waiting");
        if (done.Count > 0 && running > 0)
        {
            var mean = TimeSpan.FromTicks((long)done.Average(time => time.Ticks));
            output.WriteLine($"About {TimeLeft.Show(mean * (running + waiting) / running)} left, if as many go on running.");
        }

        (DonePiece? Piece, string? Failure) Look(string name)
        {
            try
            {
                return (shards.Find(name), shards.Failure(name));
            }
            catch (ReportException e)
            {
                return (null, e.Message);
            }
        }
    }
}
