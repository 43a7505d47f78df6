namespace Fgsm.Report.Tests;

public sealed class ShardTests : IDisposable
{
    private static readonly RunSettings Settings = new(Quick: true, Seeds: 3);

    private readonly SampleCheckout checkout = new();

    public ShardTests() => checkout.AddSample("Results.Record(\"s.more\", new ResultTable(\"More\").Text(\"name\").Compared().Add(\"a\", 90, seed));");

    public void Dispose() => checkout.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Merged_FromAnyNumberOfShards_InAnyOrder_HasTheDigestsOfOneWholeRun(int count)
    {
        var whole = At("whole");
        await new ReportRun(checkout.Repository, new ReportOptions(Settings, [], Out: whole), TextWriter.Null).RunAsync(default);
        string[] folders = [.. Enumerable.Range(1, count).Reverse().Select(i => At($"shard-{i}"))];
        for (var i = count; i >= 1; i--)
            await RunShard(new Shard(i, count), folders[count - i]);

        await Merge(folders);

        Assert.Contains("s.more.seeds", RecordFolder.ReadProvenance(whole)!.AllDigests.Keys);
        Assert.Equal(RecordFolder.ReadProvenance(whole)!.AllDigests, RecordFolder.ReadProvenance(checkout.Output)!.AllDigests);
    }

    [Fact]
    public async Task Piece_ThatIsCutShortAnywhere_IsNamed_AndNeverTakenForWhole()
    {
        await RunShard(new Shard(1, 1), At("shard"));
        var piece = Path.Combine(At("shard"), "01-sample.seed-43.ipynb");
        var text = File.ReadAllText(piece);
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(piece, text[..(text.TrimEnd().Length * i / 20)]);

            var e = await Assert.ThrowsAsync<ReportException>(() => Merge(At("shard")));
            Assert.StartsWith($"{piece}: is no whole piece", e.Message);
        }
    }

    [Fact]
    public async Task Merge_WithoutAPiece_NamesIt_AndTheShardRunAgainDoesOnlyThisOne()
    {
        await RunShard(new Shard(1, 1), At("shard"));
        var (first, second) = (Path.Combine(At("shard"), "01-sample.seed-42.ipynb"), Path.Combine(At("shard"), "01-sample.seed-43.ipynb"));
        var written = File.GetLastWriteTimeUtc(first);
        File.Delete(second);

        var e = await Assert.ThrowsAsync<ReportException>(() => Merge(At("shard")));
        Assert.Contains("the piece 01-sample.seed-43 is not done", e.Message);

        await RunShard(new Shard(1, 1), At("shard"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
        Assert.True(File.Exists(second));
    }

    [Fact]
    public async Task Shards_OfOtherSettingsOrCode_AreRefused_AndTheLineSaysWhatDiffers()
    {
        await RunShard(new Shard(1, 2), At("one"));

        var settings = await Assert.ThrowsAsync<ReportException>(() => RunShard(new Shard(2, 2), At("one"), Settings with { Seeds = 2 }));
        Assert.Contains("differs in seeds (3, not 2);", settings.Message);

        checkout.AddSample("// other code");
        var code = await Assert.ThrowsAsync<ReportException>(() => RunShard(new Shard(2, 2), At("one")));
        Assert.Contains("differs in code (", code.Message);
    }

    private string At(string name) => Path.Combine(checkout.Repository.Root, name);

    private Task RunShard(Shard shard, string folder, RunSettings? settings = null) =>
        ShardRun.RunAsync(checkout.Repository, new ReportOptions(settings ?? Settings, [], Out: folder), shard, TextWriter.Null, default);

    private Task Merge(params string[] folders)
    {
        var shards = new Shards(folders);
        return new ReportRun(checkout.Repository, new ReportOptions(shards.Plan.Settings, shards.Plan.Notebooks), TextWriter.Null) { Shards = shards }.RunAsync(default);
    }
}
