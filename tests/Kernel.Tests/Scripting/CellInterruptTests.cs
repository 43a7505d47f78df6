namespace Fgsm.Kernel.Tests.Scripting;

public sealed class CellInterruptTests
{
    private const string Check = "global::Fgsm.Kernel.Scripting.CellInterrupt.Check();";

    private static string At(int first, int last) => $"global::Fgsm.Kernel.Scripting.CellInterrupt.At({first}, {last});";

    [Theory]
    [InlineData("while (true) { }", "while (true) {" + Check + " }")]
    [InlineData("while (a) b();", "while (a) {" + Check + "b();}")]
    [InlineData("do a(); while (b);", "do {" + Check + "a();} while (b);")]
    [InlineData("for (;;) ;", "for (;;) {" + Check + ";}")]
    [InlineData("while (a) while (b) c();", "while (a) {" + Check + "while (b) {" + Check + "c();}}")]
    public void Loops_OfEveryKind_Check(string code, string expected) => Assert.Equal(At(1, 1) + expected, CellInterrupt.Instrument(code));

    [Fact]
    public void Loop_OverSeveralLines_KeepsThem() =>
        Assert.Equal($"{At(1, 3)}foreach (var a in b)\n{{{Check} // all\n}}", CellInterrupt.Instrument("foreach (var a in b)\n{ // all\n}"));

    [Fact]
    public void Loop_InAMethod_Checks() =>
        Assert.Equal("void F() { for (;;) {" + Check + " } }", CellInterrupt.Instrument("void F() { for (;;) { } }"));

    [Fact]
    public void Statements_OfTheCellItself_SayWhereTheyAre() =>
        Assert.Equal($"using System;\n{At(2, 2)}var a = 1;\n\n{At(4, 5)}F(a,\n1)", CellInterrupt.Instrument("using System;\nvar a = 1;\n\nF(a,\n1)"));

    [Theory]
    [InlineData("while (")]
    [InlineData("class A { }")]
    public void Code_WithMistakesOrWithoutStatements_IsLeftAlone(string code) => Assert.Equal(code, CellInterrupt.Instrument(code));
}
