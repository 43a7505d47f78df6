namespace Fgsm.Kernel.Tests.Scripting;

public sealed class CSharpSessionTests : IDisposable
{
    private readonly Cells _cells = new();

    public void Dispose() => _cells.Dispose();

    [Fact]
    public async Task Cell_EndingInAnExpression_ShowsItsValue()
    {
        var outputs = await _cells.Run("var x = 20;\nx * 2 + 2");
        var result = Assert.IsType<ResultOutput>(Assert.Single(outputs));
        Assert.Equal("42", result.Data["text/plain"]);
        Assert.Equal(1, result.ExecutionCount);
    }

    [Theory]
    [InlineData("1 + 1;")]
    [InlineData("var y = 3;")]
    [InlineData("Task.Delay(1).Wait()")]
    [InlineData("await Task.Delay(1)")]
    public async Task Cell_WithoutAValueAtItsEnd_ShowsNothing(string code) => Assert.Empty((await _cells.Run(code)).OfType<ResultOutput>());

    [Fact]
    public async Task Declarations_OfAllKinds_AreSeenByLaterCells()
    {
        await _cells.Run("record Point(int X, int Y); int Twice(int n) => 2 * n; static string Loud(this string s) => s.ToUpper(); var p = new Point(1, 2);");
        await _cells.Run("using System.Numerics;");
        Assert.Equal("4 HI 5", await _cells.Result("$\"{Twice(p.Y)} {\"hi\".Loud()} {new Vector2(3, 4).Length()}\""));
    }

    [Fact]
    public async Task Variable_DeclaredAgain_HasTheNewTypeAndValue()
    {
        await _cells.Run("var x = 1;");
        await _cells.Run("var x = \"one\";");
        Assert.Equal("one", await _cells.Result("x"));
    }

    [Fact]
    public async Task Await_InACell_CarriesItsResultOn()
    {
        await _cells.Run("var n = await Task.Run(async () => { await Task.Delay(5); return 7; });");
        Assert.Equal("8", await _cells.Result("await Task.FromResult(n + 1)"));
    }

    [Fact]
    public async Task Result_OfAnAsyncMethodOfACell_DoesNotDeadlock()
    {
        await _cells.Run("async Task<int> Slow() { await Task.Delay(5); return 3; }");
        Assert.Equal("3", await _cells.Result("Slow().Result"));
    }

    [Fact]
    public async Task Console_OfAnyThreadOfACell_IsShownInOrder()
    {
        var outputs = await _cells.Run("Console.Write(\"a\"); Console.Error.WriteLine(\"b\"); await Task.Run(() => Console.WriteLine(\"c\")); display(1); Console.Write(\"d\");");
        Assert.Collection(
            outputs,
            o => Assert.Equal(new StreamOutput("stdout", "a"), o),
            o => Assert.Equal(new StreamOutput("stderr", "b\n"), o),
            o => Assert.Equal(new StreamOutput("stdout", "c\n"), o),
            o => Assert.IsType<DisplayOutput>(o),
            o => Assert.Equal(new StreamOutput("stdout", "d"), o));
    }

    [Fact]
    public async Task Console_OfTheHost_IsNotTakenForACells()
    {
        var host = Console.Out;
        var outputs = await _cells.Run("await Task.Delay(1);");
        await host.WriteAsync("");
        Console.Write("");
        Assert.Empty(outputs);
    }

    [Fact]
    public async Task Console_With100000Lines_ArrivesWholeInFewOutputs()
    {
        var outputs = (await _cells.Run("for (var i = 0; i < 100_000; i++) Console.WriteLine(i);")).Cast<StreamOutput>().ToList();
        Assert.Equal(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")), string.Concat(outputs.Select(o => o.Text)));
        Assert.InRange(outputs.Count, 1, 1_000);
    }

    [Fact]
    public async Task CompileError_NamesCellLineColumnAndMessage()
    {
        await _cells.Run("1");
        var error = await _cells.Error("var a = 1;\nvar b = nowhere;");
        Assert.Equal("CompilationError", error.Name);
        Assert.Equal("cell 2, line 2, column 9: CS0103: The name 'nowhere' does not exist in the current context", error.Message);
        Assert.Equal([error.Message, "    var b = nowhere;", "            ^"], error.Traceback);
    }

    [Fact]
    public async Task Exception_NamesCellAndLine_WithoutMachinery()
    {
        await _cells.Run("int Divide(int a, int b)\n{\n    return a / b;\n}");
        var error = await _cells.Error("\n\nDivide(1, 0)");
        Assert.Equal("System.DivideByZeroException", error.Name);
        Assert.Equal(
            ["System.DivideByZeroException: Attempted to divide by zero.", "   at Divide in cell 1, line 3", "   at cell 2, line 3"],
            error.Traceback);
    }

    [Fact]
    public async Task Exception_AfterAnAwaitInAClassOfACell_NamesItsMethodAndLine()
    {
        await _cells.Run("class Trainer\n{\n    public async Task Fit()\n    {\n        await Task.Delay(1);\n        throw new InvalidOperationException(\"no\");\n    }\n}");
        var error = await _cells.Error("await new Trainer().Fit();");
        Assert.Equal(
            ["System.InvalidOperationException: no", "   at Trainer.Fit in cell 1, line 6", "   at cell 2, line 1"],
            error.Traceback);
    }

    [Fact]
    public async Task Exception_LeavesWhatTheCellHadDone()
    {
        await _cells.Run("var x = 1;");
        await _cells.Error("var before = 2; x = 5; throw new Exception(\"stop\");");
        Assert.Equal("7", await _cells.Result("x + before"));
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("await Task.Delay(1); while (true) { }")]
    [InlineData("while (true) { try { while (true) { } } catch (Exception) { } }")]
    [InlineData("await Task.Delay(System.Threading.Timeout.Infinite);")]
    [InlineData("System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);")]
    [InlineData("Enumerable.Range(0, 1_500_000).Sum(i => Enumerable.Range(0, 3_000).LongCount(j => j >= 0))")]
    [InlineData("Enumerable.Range(0, 10_000_000).ToList().ForEach(i => Console.WriteLine(i));")]
    [InlineData("await Task.Delay(-1, KernelInvocationContext.Current.CancellationToken);")]
    [InlineData("while (true) Console.WriteLine(\"again\");")]
    public async Task Interrupt_StopsACell_AndLeavesVariables(string runaway)
    {
        await _cells.Run("var x = 1; var kept = new List<int> { 1, 2, 3 };");
        using var interrupt = new CancellationTokenSource();
        var outputs = new List<CellOutput>();
        void InterruptOnceStarted(CellOutput output)
        {
            if (output is DisplayOutput)
                interrupt.CancelAfter(20);
        }
        _cells.Session.Output += InterruptOnceStarted;
        var error = await _cells.Session.ExecuteAsync("x = 2; display(\"started\");\n" + runaway, interrupt.Token).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("Interrupted", error?.Name);
        Assert.Equal("2 6", await _cells.Result("$\"{x} {kept.Sum()}\""));
    }

    [Fact]
    public async Task AsyncVoid_ThatThrows_IsReportedAndDoesNotEndTheProcess()
    {
        var outputs = await _cells.Run("async void Fire() { await Task.Delay(1); throw new Exception(\"lost\"); }\nFire(); await Task.Delay(200);");
        Assert.Contains("lost", Assert.Single(outputs.OfType<StreamOutput>()).Text);
        Assert.Equal("2", await _cells.Result("1 + 1"));
    }

    [Theory]
    [InlineData("new Thread(() => throw new Exception(\"lost\")).Start();")]
    [InlineData("new Timer(_ => throw new Exception(\"lost\"), null, 1, -1);")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => throw new Exception(\"lost\"));")]
    [InlineData("class Bad { ~Bad() => throw new Exception(\"lost\"); } void Make() => new Bad(); Make(); GC.Collect(); GC.WaitForPendingFinalizers();")]
    public async Task Exception_OutsideOfTheCells_IsReportedAndDoesNotEndTheProcess(string code)
    {
        var outputs = await _cells.Run(code + " await Task.Delay(300);");
        var text = Assert.Single(outputs.OfType<StreamOutput>(), output => output.Name == "stderr").Text;
        Assert.StartsWith("Outside of the cells: System.Exception: lost\n   at ", text, StringComparison.Ordinal);
        Assert.Contains("in cell 1, line 1", text, StringComparison.Ordinal);
        Assert.Equal("2", await _cells.Result("1 + 1"));
    }

    [Theory]
    [InlineData("var a = new int[2];\nvar b = a[1];\na[5]", "   at cell 1, line 3")]
    [InlineData("var a = new int[2];\nvar b = a[2];\nb", "   at cell 1, line 2")]
    [InlineData("var s = 0;\nfor (var i = 0; i < 9; i++)\n{\n    s += new[] { 1 }[i];\n}\ns", "   at cell 1, lines 2 to 5")]
    [InlineData("var big = int.MaxValue;\nvar sum = checked(\n    big + big);", "   at cell 1, lines 2 to 3")]
    [InlineData("var n = -1;\nnew int[n]", "   at cell 1, line 2")]
    [InlineData("int At(int i)\n{\n    var one = new int[1];\n    return one[i];\n}\nAt(3)", "   at cell 1, line 6")]
    [InlineData("new List<int>()[0]", "   at cell 1, line 1")]
    public async Task Exception_ThatTheRuntimeThrowsFromAHelper_NamesTheLines(string code, string place) =>
        Assert.Equal(place, (await _cells.Error(code)).Traceback[^1]);

    [Fact]
    public async Task Console_CharacterByCharacter_KeepsCharactersWhole()
    {
        var outputs = await _cells.Run("foreach (var c in \"a😀b\") { Console.Write(c); Thread.Sleep(30); }");
        Assert.All(outputs.Cast<StreamOutput>(), output => Assert.DoesNotContain('\uFFFD', output.Text));
        Assert.Equal("a😀b", string.Concat(outputs.Cast<StreamOutput>().Select(output => output.Text)));
        Assert.Equal("x\uFFFD", string.Concat((await _cells.Run("Console.Write(\"x\\ud83d\");")).Cast<StreamOutput>().Select(output => output.Text)));
    }

    [Fact]
    public async Task Return_AtTheEnd_ShowsItsValue() => Assert.Equal("7", await _cells.Result("return 7;"));

    [Fact]
    public async Task Magic_ThatIsUnknown_IsAnErrorThatSaysSo()
    {
        var error = await _cells.Error("var a = 1;\n#!nonsense here");
        Assert.Equal("cell 1, line 2: this kernel has no magic #!nonsense; #!lsmagic lists those it has", error.Message);
        Assert.Equal([error.Message], error.Traceback);
    }

    [Theory]
    [InlineData("/*\n#!time\n*/\n1 + 1", "2")]
    [InlineData("#if false\n#!nosuch\n#endif\n2 + 2", "4")]
    [InlineData("/*\n#r \"nuget: Nope, 1.0\"\n*/\n3", "3")]
    [InlineData("#if false\n#r \"nuget: Nope, 1.0\"\n#endif\n5", "5")]
    public async Task Directive_InACommentOrInCodeThatIsLeftOut_IsNone(string code, string result) => Assert.Equal(result, await _cells.Result(code));

    [Fact]
    public async Task HashBang_InsideAString_IsText() =>
        Assert.Equal("#!import", await _cells.Result("\"\"\"\n#!import\n\"\"\""));
}
