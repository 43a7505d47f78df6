using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Running;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Notebook Of(params string[] sources)
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Markdown, "title", "# Title"));
        foreach (var source in sources)
            notebook.Cells.Add(new NotebookCell(CellKind.Code, $"c{notebook.Cells.Count}", source));
        return notebook;
    }

    private static JsonNode Json(JsonObject output) => JsonNode.Parse(output.ToJsonString())!;

    [Fact]
    public async Task Run_StoresEveryKindOfOutputAsNbformatAsks()
    {
        var run = await NotebookRunner.RunAsync(
            Of("Console.Write(\"a\\nb\"); display(HTML(\"<i>\\n</i>\"));", "", "\"{\\\"x\\\": [1.0]}\".DisplayAs(\"application/vnd.fgsm.record+json\");\n1 + 1"),
            _folder.Path);
        Assert.Null(run.Failure);
        var cells = run.Document.Cells;
        Assert.Equal([null, 1, null, 2], cells.Select(cell => cell.ExecutionCount));
        JsonNode[] expected =
        [
            JsonNode.Parse("""{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}""")!,
            JsonNode.Parse("""{"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<i>\n", "</i>"]}}""")!,
            JsonNode.Parse("""{"output_type": "display_data", "metadata": {}, "data": {"application/vnd.fgsm.record+json": {"x": [1.0]}}}""")!,
            JsonNode.Parse("""{"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {"text/plain": ["2"]}}""")!,
        ];
        Assert.All(cells.SelectMany(cell => cell.Outputs).Zip(expected), pair => Assert.True(JsonNode.DeepEquals(Json(pair.First), pair.Second), $"{pair.First}"));
        Assert.Equal(4, cells.Sum(cell => cell.Outputs.Count));
    }

    [Fact]
    public async Task Run_Twice_GivesTheSameBytes()
    {
        var notebook = Of("var bar = display(0);", "for (var i = 0; i < 5; i++) { bar.Update(i); Console.WriteLine(i); }", "new { A = 1 }");
        var first = await NotebookRunner.RunAsync(notebook, _folder.Path);
        var second = await NotebookRunner.RunAsync(first.Document, _folder.Path);
        Assert.Equal(first.Document.ToString(), second.Document.ToString());
        Assert.Contains("\"4\"", first.Document.Cells[1].Outputs.Single().ToJsonString());
    }

    [Fact]
    public async Task Run_GivesTheMemoryOfItsVariablesBack()
    {
        const string variable = nameof(Run_GivesTheMemoryOfItsVariablesBack);
        await NotebookRunner.RunAsync(
            Of($"var big = new byte[1 << 20];\nAppContext.SetData(\"{variable}\", new WeakReference(big));\nbig.Length", "var half = big[..(big.Length / 2)]; string.Join(\"\", half.Take(3)).Display(); half.Length"),
            _folder.Path);

        Assert.False(((WeakReference)AppContext.GetData(variable)!).IsAlive);
    }

    [Fact]
    public async Task Run_StopsAtTheFirstFailingCell_AndNamesIt()
    {
        var run = await NotebookRunner.RunAsync(Of("var a = 0;", "// divide\n1 / a", "Console.Write(\"never\");"), _folder.Path);
        Assert.Equal("cell 2 (// divide) failed: System.DivideByZeroException: Attempted to divide by zero.", run.Failure?.ToString());
        Assert.Equal("error", run.Document.Cells[2].Outputs.Single()["output_type"]!.ToString());
        Assert.Empty(run.Document.Cells[3].Outputs);
    }

    [Fact]
    public async Task Error_NamesTheCellAsWhoWatchesCountsIt_WithoutWhatWasPutIn()
    {
        var notebook = Of("var quick = false;", "", "\nthrow new Exception(\"no\");");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        var run = await NotebookRunner.RunAsync(notebook, _folder.Path, new Dictionary<string, object> { ["quick"] = true });
        Assert.StartsWith("cell 2 (throw new", run.Failure?.ToString(), StringComparison.Ordinal);
        Assert.Equal("   at cell 2, line 2", run.Failure!.Error.Traceback[1]);
    }

    /// <summary>nbformat's schema allows a count and outputs for code alone.</summary>
    [Fact]
    public async Task Run_AddsNothingToACellOfText()
    {
        var run = await NotebookRunner.RunAsync(Of("1"), _folder.Path);
        var text = JsonNode.Parse(run.Document.ToString())!["cells"]!.AsArray().First(cell => (string)cell!["cell_type"]! == "markdown")!;
        Assert.Equal(["cell_type", "id", "metadata", "source"], text.AsObject().Select(property => property.Key).Order());
    }

    [Fact]
    public async Task Run_OfACellThatMayFail_GoesOn()
    {
        var notebook = Of("throw new Exception(\"expected\");", "1");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("raises-exception");
        var run = await NotebookRunner.RunAsync(notebook, _folder.Path);
        Assert.Null(run.Failure);
        Assert.Equal(2, run.Document.Cells[2].ExecutionCount);
    }

    [Fact]
    public async Task Parameters_AreInjectedAfterTheCellTaggedSo_OnceOnly()
    {
        var notebook = Of("var quick = false; var seed = 1; var name = \"\"; var eps = 0.0;", "$\"{quick} {seed} {name} {eps}\"");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        var first = await NotebookRunner.RunAsync(notebook, _folder.Path, new Dictionary<string, object> { ["quick"] = true });
        var values = new Dictionary<string, object> { ["quick"] = true, ["seed"] = 42, ["name"] = "a\"b", ["eps"] = 0.1 };
        var run = await NotebookRunner.RunAsync(first.Document, _folder.Path, values);
        Assert.Null(run.Failure);
        Assert.Equal(4, run.Document.Cells.Count);
        Assert.Equal(["injected-parameters"], run.Document.Cells[2].Tags);
        Assert.Equal("eps = 0.1d;\nname = \"a\\\"b\";\nquick = true;\nseed = 42;", run.Document.Cells[2].Source);
        Assert.Equal("True 42 a\"b 0.1", run.Document.Cells[3].Outputs.Single()["data"]!["text/plain"]![0]!.ToString());
    }

    [Theory]
    [InlineData("var seed = 42; // var seed = 1;\nrecord P(int seed);", 7, "7")]
    [InlineData("int a = 1, seed = 42, b = 2;", 7, "7")]
    [InlineData("var (seed, name) = (42, \"a; b\");", 7, "7")]
    [InlineData("int.TryParse(\"42\", out var seed);", 7, "7")]
    [InlineData("#!time\nvar seed = 42L;\n#!lsmagic", 7, "7")]
    [InlineData("#define FAST\n#if FAST\nint? seed = null;\n#else\nstring seed;\n#endif", 7, "7")]
    [InlineData("object seed = new[] { 1, 2 };", "a\n\"b\\ \ud83d", "a\n\"b\\ \ud83d")]
    [InlineData("public static decimal seed { get; set; } = 1m;", int.MinValue, "-2147483648")]
    [InlineData("long seed = 1;", long.MinValue, "-9223372036854775808")]
    [InlineData("var seed = 0.1;", double.NaN, "NaN")]
    [InlineData("double seed = 0;", double.NegativeInfinity, "-Infinity")]
    [InlineData("float seed = 0;", float.PositiveInfinity, "Infinity")]
    [InlineData("/* var */ dynamic\n  @seed\n  = 1 ;;", true, "True")]
    public async Task Parameters_OfACellWithAnyCode_AreSet(string cell, object value, string expected)
    {
        var notebook = Of(cell, "Console.Write(FormattableString.Invariant($\"{seed}\"));");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        var run = await NotebookRunner.RunAsync(notebook, _folder.Path, new Dictionary<string, object> { ["seed"] = value });
        Assert.Null(run.Failure?.ToString());
        Assert.Equal(ValidText.Of(expected), MultilineText.Join(run.Document.Cells[3].Outputs.Single()["text"]));
        Assert.Equal(cell, run.Document.Cells[1].Source);
    }

    [Theory]
    [InlineData("const int seed = 42;", 7, "must be a variable, property or indexer")]
    [InlineData("readonly int seed = 42;", 7, "or a variable initializer)")]
    [InlineData("string seed = \"\";", 7, "Cannot implicitly convert type 'int' to 'string'")]
    [InlineData("var seed = 1;", 0.5, "'double' to 'int'. An explicit conversion exists (are you missing a cast?)")]
    [InlineData("var seed = 1;", 5000000000, "'long' to 'int'. An explicit conversion exists (are you missing a cast?)")]
    [InlineData("int[] seed = [1, 2];", true, "Cannot implicitly convert type 'bool' to 'int[]'")]
    [InlineData("var other = 1;", "a", "The name 'seed' does not exist in the current context")]
    public async Task Parameters_ThatTheVariableCannotTake_AreRefusedInOneLine(string cell, object value, string expected)
    {
        var notebook = Of("var name = \"\";\n" + cell);
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        var run = await NotebookRunner.RunAsync(notebook, _folder.Path, new Dictionary<string, object> { ["name"] = "n", ["seed"] = value });
        var failure = run.Failure!.ToString();
        Assert.StartsWith("the injected parameters (seed = ", failure, StringComparison.Ordinal);
        Assert.EndsWith(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain(failure, char.IsControl);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("seed = 1; Environment.Exit(3); seed")]
    [InlineData("class")]
    public async Task Parameters_WithoutAVariablesName_AreRefused(string name)
    {
        var notebook = Of("var seed = 42;");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        var e = await Assert.ThrowsAsync<NotebookException>(
            () => NotebookRunner.RunAsync(notebook, _folder.Path, new Dictionary<string, object> { [name] = 1 }));
        Assert.Equal($"The parameter '{name}' has no name of a variable.", e.Message);
    }

    [Fact]
    public async Task Json_WithADoubleKeyOrHalfACharacter_IsShownAndSaved()
    {
        var run = await NotebookRunner.RunAsync(Of("""" "{\"a\": 1, \"a\": \"\\ud83d\"}".DisplayAs("application/json"); """"), _folder.Path);
        Assert.Null(run.Failure);
        Assert.Contains("\"a\": \"\uFFFD\"", run.Document.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_ForANotebookThatTakesNone_AreRefused() =>
        await Assert.ThrowsAsync<NotebookException>(() => NotebookRunner.RunAsync(Of("1"), _folder.Path, new Dictionary<string, object> { ["quick"] = true }));

    [Fact]
    public async Task Run_HasTheNotebooksFolderAsCurrentDirectory()
    {
        _folder.Write("data.txt", "here");
        var run = await NotebookRunner.RunAsync(Of("File.ReadAllText(\"data.txt\")"), _folder.Path);
        Assert.Equal("here", run.Document.Cells[1].Outputs.Single()["data"]!["text/plain"]![0]!.ToString());
    }

    [Fact]
    public async Task Console_ThatOneNotebookRedirects_IsWholeForTheNext()
    {
        await NotebookRunner.RunAsync(Of("Console.SetOut(new StringWriter()); Console.SetError(new StringWriter());"), _folder.Path);
        var run = await NotebookRunner.RunAsync(Of("Console.Write(\"must be seen\"); Console.Error.Write(\"this, too\");"), _folder.Path);
        Assert.Equal(["must be seen", "this, too"], run.Document.Cells[1].Outputs.Select(o => o["text"]![0]!.ToString()));
    }

    [Fact]
    public async Task HalfACharacter_InAnyOutput_IsSavedAsTheReplacementCharacter()
    {
        var notebook = Of("""Console.WriteLine("a\ud83d"); "b\ud83d".DisplayAs("application/json"); display("c\udc00");""", """throw new Exception("d\ud83d");""");
        var run = await NotebookRunner.RunAsync(notebook, _folder.Path);
        var path = Path.Combine(_folder.Path, "half.ipynb");
        run.Document.Save(path);
        var text = File.ReadAllText(path);
        foreach (var expected in new[] { "a\uFFFD", "b\uFFFD", "c\uFFFD", "d\uFFFD" })
            Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(run.Document.ToString(), Notebook.Load(path).ToString());
    }

    [Fact]
    public async Task Observer_SeesCellsAndOutputsAsTheyCome()
    {
        var observer = new Recorder();
        await NotebookRunner.RunAsync(Of("var d = display(1);\nd.Update(2);"), _folder.Path, observer: observer);
        Assert.Equal(["started 1", "DisplayOutput 1", "DisplayUpdate 2", "finished 1"], observer.Seen);
    }

    [Fact]
    public async Task Cancel_StopsARunawayNotebook()
    {
        using var cancellation = new CancellationTokenSource();
        var observer = new Recorder { OnOutput = cancellation.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            NotebookRunner.RunAsync(Of("display(1);\nwhile (true) { }"), _folder.Path, observer: observer, cancellation: cancellation.Token));
    }

    private sealed class Recorder : INotebookObserver
    {
        public List<string> Seen { get; } = [];

        public Action? OnOutput { get; init; }

        public void CellStarted(int index, NotebookCell cell) => Seen.Add($"started {index}");

        public void OutputShown(int index, NotebookCell cell, CellOutput output)
        {
            var data = output switch { DisplayOutput d => d.Data, DisplayUpdate u => u.Data, _ => null };
            Seen.Add($"{output.GetType().Name} {data?["text/plain"]}");
            OnOutput?.Invoke();
        }

        public void CellFinished(int index, NotebookCell cell, ErrorOutput? error) => Seen.Add($"finished {index}");
    }
}
