namespace Fgsm.Kernel.Tests.Scripting;

public sealed class CellInterruptTests
{
    private const string Check = "global::Fgsm.Kernel.CellInterrupt.Check();";

    [Theory]
    [InlineData("while (true) { }", "while (true) {" + Check + " }")]
    [InlineData("while (a) b();", "while (a) {" + Check + "b();}")]
    [InlineData("do a(); while (b);", "do {" + Check + "a();} while (b);")]
    [InlineData("for (;;) ;", "for (;;) {" + Check + ";}")]
    [InlineData("foreach (var a in b)\n{ // all\n}", "foreach (var a in b)\n{" + Check + " // all\n}")]
    [InlineData("while (a) while (b) c();", "while (a) {" + Check + "while (b) {" + Check + "c();}}")]
    [InlineData("void F() { for (;;) { } }", "void F() { for (;;) {" + Check + " } }")]
    public void Loops_OfEveryKind_Check(string code, string expected) => Assert.Equal(expected, CellInterrupt.Instrument(code));

    [Theory]
    [InlineData("var a = 1;")]
    [InlineData("while (")]
    [InlineData("\"while (true) { }\"")]
    public void Code_WithoutLoopsOrWithMistakes_IsLeftAlone(string code) => Assert.Equal(code, CellInterrupt.Instrument(code));
}
