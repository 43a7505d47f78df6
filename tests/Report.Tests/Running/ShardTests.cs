using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

public sealed class ShardTests : IDisposable
{
    private static readonly RunSettings Settings = new(Quick: true, Seeds: 3);

    private readonly SampleCheckout checkout = new();

    public ShardTests()
    {
        checkout.AddSample("Results.Record(\"s.more\", new ResultTable(\"More\").Text(\"name\").Compared().Add(\"a\", 90, seed));");
        checkout.Add("02-without-seed", ["var quick = false;"]);
    }

    private string Whole => At("whole");

    public void Dispose() => checkout.Dispose();

    [Fact]
    public async Task Merged_FromAnyNumberOfShards_InAnyOrder_HasTheDigestsOfOneWholeRun()
    {
        await RunWhole();
        foreach (var count in new[] { 1, 2, 5 })
        {
            string[] folders = [.. Enumerable.Range(1, count).Reverse().Select(i => At($"shard-{i}-of-{count}"))];
            foreach (var (folder, i) in folders.Select((folder, i) => (folder, count - i)))
                await RunShard(new Shard(i, count), folder);

            await Merge(folders);

            AssertMergedIsWhole();
        }
        Assert.Contains("s.more.seeds", RecordFolder.ReadProvenance(Whole)!.AllDigests.Keys);
    }

    [Fact]
    public async Task Merged_SaysHowLongAllPiecesTook_AlsoBeyondADay()
    {
        await RunShard(new Shard(1, 1), At("shard"));
        foreach (var piece in Directory.GetFiles(At("shard"), "*.ipynb"))
        {
            var json = JsonNode.Parse(File.ReadAllText(piece))!;
            json["metadata"]!["fgsm_piece"]!["seconds"] = 25 * 60 * 60;
            File.WriteAllText(piece, json.ToJsonString());
        }

        await Merge(At("shard"));

        var merged = RecordFolder.ReadProvenance(checkout.Output)!;
        Assert.Equal(("100:00:00", null), (merged.WallTime, merged.PeakMemory));
    }

    [Fact]
    public async Task Piece_ThatIsCutShortAnywhere_IsNamed_AndNeverTakenForWhole()
    {
        await RunShard(new Shard(1, 1), At("shard"));
        var piece = Path.Combine(At("shard"), "01-sample.seed-43.ipynb");
        var text = File.ReadAllText(piece).TrimEnd();
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(piece, text[..(text.Length * i / 20)]);

            var e = await Assert.ThrowsAsync<ReportException>(() => Merge(At("shard")));
            Assert.StartsWith($"{piece}: is no whole piece", e.Message);
        }
    }

    [Fact]
    public async Task Merge_WithoutAPiece_NamesIt_AndTheShardRunAgainDoesOnlyThisOne()
    {
        await RunShard(new Shard(1, 1), At("shard"));
        var first = Path.Combine(At("shard"), "01-sample.seed-42.ipynb");
        var second = Path.Combine(At("shard"), "01-sample.seed-43.ipynb");
        var written = File.GetLastWriteTimeUtc(first);
        File.Delete(second);

        var e = await Assert.ThrowsAsync<ReportException>(() => Merge(At("shard")));
        Assert.Contains("the piece 01-sample.seed-43 is not done", e.Message);
        Assert.False(Directory.Exists(checkout.Output));

        await RunShard(new Shard(1, 1), At("shard"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
        Assert.True(File.Exists(second));
    }

    [Fact]
    public async Task Shards_OfOtherSettingsOrCode_AreRefused_AndTheLineSaysWhatDiffers()
    {
        await RunShard(new Shard(1, 2), At("one"));
        await RunShard(new Shard(2, 2), At("two"), Settings with { Seeds = 2 });

        Task Second(RunSettings settings) => RunShard(new Shard(2, 2), At("one"), settings);
        await AssertRefused("differs in seeds (3, not 2);", () => Second(Settings with { Seeds = 2 }));
        await AssertRefused("differs in parameters (the notebooks' own, not unused=2);",
            () => Second(Settings with { Parameters = ["unused=2"] }));
        await AssertRefused("differs in seeds (2, not 3);", () => Merge(At("one"), At("two")));

        var piece = "01-sample.seed-43.ipynb";
        File.Copy(Path.Combine(At("two"), piece), Path.Combine(At("one"), piece), overwrite: true);
        await AssertRefused($"{piece}: belongs to another run, which differs in seeds (2, not 3);", () => Merge(At("one")));

        checkout.AddSample("// other code");
        await AssertRefused("differs in code (", () => Second(Settings));
        await AssertRefused("merge in the one that the shards ran in", () => Merge(At("one")));
    }

    [Theory]
    [InlineData("s.data.sha256", "0123", "its MNIST differs from that of 01-sample.seed-42 (0123, not 00ff)")]
    [InlineData("s.data.name", "Other", "its data differs from that of 01-sample.seed-42 (Other, not MNIST)")]
    public async Task Shards_MeasuredOnOtherData_AreRefused_AndTheLineSaysWhatDiffers(string record, string value, string expected)
    {
        var real = record == "s.data.name" ? "Results.Record(\"s.data.synthetic\", \"no\");" : "";
        checkout.AddSample($"if (seed == 43) {{ Results.Record(\"{record}\", \"{value}\"); {real} }}");
        await RunShard(new Shard(1, 1), At("shard"));

        var e = await Assert.ThrowsAsync<ReportException>(() => Merge(At("shard")));

        Assert.StartsWith($"01-sample.seed-43: {expected}", e.Message);
    }

    [Fact]
    public async Task Shard_InAFolderThatHoldsOtherFiles_IsRefused_AndLeavesThem()
    {
        var notebooks = checkout.Repository.Notebooks;
        var before = Directory.GetFiles(notebooks).ToDictionary(file => file, File.ReadAllText);

        var e = await Assert.ThrowsAsync<ReportException>(() => RunShard(new Shard(1, 1), notebooks));

        Assert.Contains("and no pieces of a run; name another folder", e.Message);
        Assert.Equal(before, Directory.GetFiles(notebooks).ToDictionary(file => file, File.ReadAllText));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Code\":null,\"Settings\":{},\"Notebooks\":[]}")]
    public void Plan_ThatIsBroken_IsNamed(string text)
    {
        Directory.CreateDirectory(At("shard"));
        File.WriteAllText(Path.Combine(At("shard"), "plan.json"), text);

        Assert.Contains("plan.json: cannot be read", Assert.Throws<ReportException>(() => new Shards([At("shard")])).Message);
    }

    [Fact]
    public async Task Killed_At20RandomMoments_NoPieceIsTakenForWholeThatIsNot_AndWhatWasDoneIsNotDoneAgain()
    {
        var settings = new RunSettings(Quick: true, Seeds: 20);
        await RunWhole(settings);
        string[] names = [.. Piece.All(settings, NotebookFile.All(checkout.Repository)).Select(piece => piece.NameIn(settings))];
        var random = new Random(7);
        Dictionary<string, DateTime> done = [];
        for (var i = 0; i < 20; i++)
        {
            using var process = Start("--quick", "--seeds", "20", "--shard", "1/1", "--out", At("shard"));
            // While it starts and looks for its pieces, or just when another is there.
            if (i % 2 == 0)
                process.WaitForExit(random.Next(600));
            else
                while (!process.HasExited && Pieces().Count <= done.Count)
                    Thread.Sleep(random.Next(5));
            process.Kill();
            process.WaitForExit();

            var now = Pieces();
            Assert.All(done, piece => Assert.Equal(piece.Value, now[piece.Key]));
            done = now;
            if (done.Count > 0)
                Assert.Equal(done.Count, names.Count(name => new Shards([At("shard")]).Find(name) is not null));
        }

        await RunShard(new Shard(1, 1), At("shard"), settings);
        await Merge(At("shard"));
        AssertMergedIsWhole();
        Assert.Empty(Directory.GetFiles(At("shard"), "*.tmp"));

        Dictionary<string, DateTime> Pieces() => Directory.Exists(At("shard"))
            ? Directory.GetFiles(At("shard"), "*.ipynb").ToDictionary(file => file, File.GetLastWriteTimeUtc)
            : [];
    }

    [Fact]
    public async Task Merges_AtOnce_LeaveOneWholeReport_AndTheShardsAsTheyAre()
    {
        await RunWhole();
        await RunShard(new Shard(1, 1), At("shard"));
        var before = Directory.GetFiles(At("shard")).ToDictionary(file => file, File.ReadAllText);
        for (var round = 0; round < 5; round++)
        {
            var merges = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Merge(At("shard")))).ToArray();
            await Task.WhenAll(merges).ContinueWith(_ => { }, TaskScheduler.Default);

            Assert.Contains(merges, merge => merge.IsCompletedSuccessfully);
            Assert.All(merges.Where(merge => merge.IsFaulted), merge =>
                Assert.Contains("another merge is at work here", Assert.IsType<ReportException>(merge.Exception!.InnerException).Message));
            AssertMergedIsWhole();
        }
        Assert.Equal(before, Directory.GetFiles(At("shard")).ToDictionary(file => file, File.ReadAllText));
    }

    [Fact]
    public async Task Status_CountsPieces_AndNamesThoseThatRunOrFailed()
    {
        checkout.AddSample("if (seed == 43) throw new Exception(\"out of luck\");");
        await RunShard(new Shard(1, 4), At("shard"));
        await Assert.ThrowsAsync<ReportException>(() => RunShard(new Shard(2, 4), At("shard")));
        File.WriteAllText(Path.Combine(At("shard"), "01-sample.seed-44.running"), "");

        var lines = Status(TimeProvider.System);
        Assert.StartsWith("01-sample.seed-43: failed: notebooks/01-sample.ipynb: cell 4", lines[0]);
        Assert.Equal(["01-sample.seed-44: running", "1 done, 1 running, 1 failed, 1 waiting"], lines[1..3]);
        Assert.Matches(@"^About [0-9:]+ left, if as many go on running\.$", lines[3]);

        // A process that has given no sign for a minute was killed.
        Assert.Equal("1 done, 0 running, 1 failed, 2 waiting", Status(new Clock(TimeSpan.FromMinutes(2)))[^1]);

        File.WriteAllText(Path.Combine(At("shard"), "01-sample.seed-42.ipynb"), "{");
        Assert.Contains("01-sample.seed-42.ipynb: is no whole piece", Status(TimeProvider.System)[0]);
    }

    private string At(string name) => Path.Combine(checkout.Repository.Root, name);

    private string[] Status(TimeProvider clock)
    {
        var output = new StringWriter();
        ShardStatus.Write(checkout.Repository, new Shards([At("shard")]), output, clock);
        return output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
    }

    private Task RunWhole(RunSettings? settings = null) =>
        new ReportRun(checkout.Repository, new ReportOptions(settings ?? Settings, [], Out: Whole), TextWriter.Null).RunAsync(default);

    private Task RunShard(Shard shard, string folder, RunSettings? settings = null) =>
        ShardRun.RunAsync(checkout.Repository, new ReportOptions(settings ?? Settings, [], Out: folder), shard, TextWriter.Null, default);

    private Task Merge(params string[] folders)
    {
        var shards = new Shards(folders);
        var options = new ReportOptions(shards.Plan.Settings, shards.Plan.Notebooks);
        return new ReportRun(checkout.Repository, options, TextWriter.Null) { Shards = shards }.RunAsync(default);
    }

    private static async Task AssertRefused(string expected, Func<Task> action) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<ReportException>(action)).Message);

    private void AssertMergedIsWhole()
    {
        var merged = RecordFolder.Read(checkout.Output);
        Assert.Equal(RecordFolder.ReadProvenance(Whole)!.AllDigests, merged.Provenance.AllDigests);
        var files = Directory.GetFiles(checkout.Output, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(checkout.Output, file));
        Assert.Equal(File.ReadAllLines(Path.Combine(checkout.Output, "files.txt")), files.Order(StringComparer.Ordinal));
    }

    private Process Start(params string[] arguments)
    {
        string[] command = [typeof(ReportRun).Assembly.Location, .. arguments];
        return Process.Start(new ProcessStartInfo("dotnet", command)
        {
            WorkingDirectory = checkout.Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private sealed class Clock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
