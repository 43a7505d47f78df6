namespace Fgsm.Report.Tests;

public class NotebookFileTests : IDisposable
{
    private readonly SampleCheckout checkout = new();

    public void Dispose() => checkout.Dispose();

    [Fact]
    public void All_AreInTheOrderOfTheirNames_WithTheirTitles()
    {
        checkout.Add("10-last", ["var x = 1;"]);
        checkout.Add("02-first", ["var x = 1;"]);

        Assert.Equal(["Title of 02-first", "Title of 10-last"], NotebookFile.All(checkout.Repository).Select(n => n.Title));
    }

    [Fact]
    public void All_OfNone_SaysSo() => Assert.Contains("no notebooks here", Assert.Throws<ReportException>(() => NotebookFile.All(checkout.Repository)).Message);

    [Fact]
    public void Parameters_AreTheVariablesOfTheTaggedCell()
    {
        checkout.Add("01-a", ["// var not = 1;\nvar quick = false; int seed = 42, more;\nstring data = \"var x = 1;\";", "var other = 1;"]);

        var parameters = NotebookFile.All(checkout.Repository)[0].Parameters;

        Assert.Equal(["data", "more", "quick", "seed"], parameters.Keys.Order());
        Assert.Equal((42, null), (parameters["seed"], parameters["more"]));
    }

    [Fact]
    public void Parameters_OfACellWithAnyCode_AreTheVariablesOfItsOwn()
    {
        checkout.Add("01-a", ["int seed = 7;\nint Twice(int x) { var seed = 2 * x; return seed; }\nvar one = (int seed) => { var quick = true; return quick; };\nforeach (var i in new[] { 1 }) { var inner = i; }\n{ var inner = 2; }\nif ("]);

        var parameters = NotebookFile.All(checkout.Repository)[0].Parameters;

        Assert.Equal(["one", "seed"], parameters.Keys.Order());
        Assert.Equal(7, parameters["seed"]);
    }

    [Theory]
    [InlineData("var (quick, seed) = (false, 42);")]
    [InlineData("(bool quick, var seed) = (false, 42);")]
    [InlineData("bool quick; int.TryParse(\"42\", out var seed);")]
    [InlineData("const bool quick = false; public static readonly int @seed = 42;")]
    [InlineData("#!share --from csharp x\n#r \"nuget:A,1\"\n#load \"none.csx\"\n/* var no = 1; */ var quick = false; // var no = 1;\n#!time\nint seed = 42;\nrecord P(int no);")]
    [InlineData("#if true\nvar quick = \"var no = 1;\";\n#else\nvar no = 1;\n#endif\nint[] seed = [1, 2];\nquick")]
    [InlineData("using System.Text;\nvar quick = \"\"\"\n  var no = 1;\n  \"\"\";\nif (quick is { Length: > 1 }) { var no = 1; }\nfor (var no = 0; no < 1; no++) ;\nFunc<int, bool> seed = no => true;")]
    public void Parameters_AreAllVariablesOfTheCell_HoweverDeclared(string source)
    {
        checkout.Add("01-a", [source]);

        Assert.Equal(["quick", "seed"], NotebookFile.All(checkout.Repository)[0].Parameters.Keys.Order());
    }

    [Theory]
    [InlineData("var seed = 1_000;", 1000)]
    [InlineData("const int seed = 40 + 2; // var seed = 1;", 42)]
    [InlineData("int seed = -0x2A;", -42)]
    [InlineData("const int a = 5; int seed = a;", 5)]
    public void Seed_IsTheConstantThatTheCellDeclares(string source, int expected)
    {
        checkout.Add("01-a", [source]);

        Assert.Equal(expected, NotebookFile.All(checkout.Repository)[0].Seed);
    }

    [Theory]
    [InlineData("var seed = Environment.TickCount;")]
    [InlineData("var (seed, quick) = (42, false);")]
    [InlineData("string seed = \"42\";")]
    [InlineData("int seed;")]
    public void Seed_ThatOnlyARunCanTell_IsAskedForInOneLine(string source)
    {
        checkout.Add("01-a", [source]);

        Assert.Equal(
            "notebooks/01-a.ipynb: its parameters cell declares no constant whole number as seed; give one with --seed.",
            Assert.Throws<ReportException>(() => NotebookFile.All(checkout.Repository)[0].Seed).Message);
    }

    [Theory]
    [InlineData("int a = 1; double[] eps = [0.1, 0.2]; // strengths", "eps=[8 / 255.0]", "int a = 1; double[] eps = [8 / 255.0]; // strengths")]
    [InlineData("Func<int, int> f = x => x; var eps = 1;", "f = x => x == 2 ? 1 : 0", "Func<int, int> f = x => x == 2 ? 1 : 0; var eps = 1;")]
    public void Set_ReplacesTheValue_AndNothingElse(string source, string parameter, string expected)
    {
        checkout.Add("01-a", [source, "var eps = 3;"]);
        checkout.Add("02-b", ["var other = 1;"]);
        var notebooks = NotebookFile.All(checkout.Repository);

        NotebookFile.Set(notebooks, [parameter]);

        Assert.Equal([expected, "var eps = 3;"], notebooks[0].Document.Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => cell.Source));
        Assert.Contains("var other = 1;", notebooks[1].Document.Cells.Select(cell => cell.Source));
    }

    [Fact]
    public void RecordNames_OfOutputsOfAnyForm_AreThoseOfRecords()
    {
        File.WriteAllText(Path.Combine(checkout.Repository.Notebooks, "01-odd.ipynb"), $$"""
            {"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [
              {"output_type": "display_data", "data": "text"}, {}, {"data": {"{{ResultRecord.MimeType}}": "x" } }, {"data": {"{{ResultRecord.MimeType}}": {"name": 5, "name": "a.b"} } }]}]}
            """);

        Assert.Equal(["a.b"], NotebookFile.All(checkout.Repository)[0].RecordNames);
    }

    [Theory]
    [InlineData("Results.Record(\"a.b\", 1.0); // Results.Record(\"a.comment\", 1.0);", "a.b")]
    [InlineData("#!import setup.csx\nResults.Record($\"a.{key}.c\", 1.0);", "a.*.c")]
    [InlineData("Results.Record(name, 1.0);", "*")]
    [InlineData("var x = 1;", "*")]
    public void RecordNames_AreThoseOfTheSources(string source, string expected)
    {
        checkout.Add("01-a", ["", source]);

        Assert.Equal([expected], NotebookFile.All(checkout.Repository)[0].RecordNames);
    }

    [Theory]
    [InlineData("02-second")]
    [InlineData("02-second.ipynb")]
    [InlineData("02")]
    [InlineData("2")]
    public void Select_FindsANotebookByNameAndNumber(string asked)
    {
        checkout.Add("01-first", ["var x = 1;"]);
        checkout.Add("02-second", ["var x = 1;"]);

        Assert.Equal(["02-second"], NotebookFile.Select(NotebookFile.All(checkout.Repository), [asked]).Select(n => n.Name));
    }

    [Fact]
    public void Select_KeepsTheReadingOrder()
    {
        checkout.Add("01-first", ["var x = 1;"]);
        checkout.Add("02-second", ["var x = 1;"]);

        Assert.Equal(["01-first", "02-second"], NotebookFile.Select(NotebookFile.All(checkout.Repository), ["2", "1"]).Select(n => n.Name));
    }

    [Fact]
    public void Select_OfAnUnknownName_ListsWhatThereIs()
    {
        checkout.Add("01-first", ["var x = 1;"]);

        var e = Assert.Throws<ReportException>(() => NotebookFile.Select(NotebookFile.All(checkout.Repository), ["7"]));

        Assert.Equal("--only 7: no such notebook; there are 01-first.", e.Message);
        Assert.True(e.IsUsage);
    }
}
