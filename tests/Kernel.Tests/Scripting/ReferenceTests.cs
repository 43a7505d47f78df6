namespace Fgsm.Kernel.Tests.Scripting;

public sealed class ReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reference_ToAMissingFile_SaysSoInOneLine()
    {
        using var cells = new Cells(_folder.Path);
        var error = await cells.Error("var a = 1;".Insert(0, "\n#r \"lib/Gone.dll\"\n"));
        Assert.Equal("cell 1, line 2: #r: there is no file 'lib/Gone.dll'", error.Message);
    }

    [Fact]
    public async Task Reference_ToAProjectNotBuilt_NamesTheCommandThatBuildsIt()
    {
        _folder.Write("All.sln", "");
        _folder.Write("lib/Things/Things.csproj", "");
        using var cells = new Cells(Path.Combine(_folder.Path, "notebooks"));
        var error = await cells.Error("#r \"../lib/Things/bin/Release/net10.0/Things.dll\"");
        Assert.Equal(
            "cell 1, line 1: #r: there is no file '../lib/Things/bin/Release/net10.0/Things.dll'; build it with 'dotnet build -c Release lib/Things' in the folder of All.sln",
            error.Message);
    }

    [Fact]
    public async Task Reference_ToAnAssemblyOfTheHost_IsSharedWithIt()
    {
        // The program that writes the report references the library that its notebooks #r.
        File.Copy(typeof(Assert).Assembly.Location, Path.Combine(_folder.Path, "copy.dll"));
        File.Move(Path.Combine(_folder.Path, "copy.dll"), Path.Combine(_folder.Path, Path.GetFileName(typeof(Assert).Assembly.Location)));
        using var cells = new Cells(_folder.Path);
        await cells.Run($"#r \"{Path.GetFileName(typeof(Assert).Assembly.Location)}\"");
        Assert.Equal(typeof(Assert).Assembly.Location, await cells.Result("typeof(Xunit.Assert).Assembly.Location"));
    }

    [Fact]
    public async Task Load_AndImport_AreRelativeToTheFileThatNamesThem()
    {
        _folder.Write("shared/setup.csx", "#load \"more.csx\"\nusing System.Numerics;\nvar origin = Vector2.Zero;");
        _folder.Write("shared/more.csx", "int More() => 5;");
        using var cells = new Cells(_folder.Path);
        await cells.Run("#!import \"shared/setup.csx\"");
        Assert.Equal("5 <0, 0> <1, 1>", await cells.Result("$\"{More()} {origin} {Vector2.One}\""));
    }

    [Fact]
    public async Task Import_OfANotebookAndADib_RunsTheirCSharp()
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Markdown, "a", "# not code"));
        notebook.Cells.Add(new NotebookCell(CellKind.Code, "b", "var fromNotebook = 1;"));
        notebook.Save(Path.Combine(_folder.Path, "one.ipynb"));
        _folder.Write("two.dib", "#!meta\n\n{\"kernelInfo\":{}}\n\n#!markdown\n\n# Title\n\n#!csharp\n\nvar fromDib = 2;\n");
        using var cells = new Cells(_folder.Path);
        await cells.Run("#!import one.ipynb\n#!import \"two.dib\"\nvar sum = fromNotebook + fromDib;");
        Assert.Equal("3", await cells.Result("sum"));
    }

    [Theory]
    [InlineData("#!import gone.csx", "cell 1, line 1: #!import: there is no file 'gone.csx'")]
    [InlineData("#!import self.csx", "self.csx, line 1: #!import: 'self.csx' imports itself")]
    [InlineData("#!import data.txt", "data.txt: only .csx, .cs, .dib and .ipynb files can be imported")]
    public async Task Import_ThatCannotBe_SaysWhyInOneLine(string code, string message)
    {
        _folder.Write("self.csx", "#!import self.csx");
        _folder.Write("data.txt", "");
        using var cells = new Cells(_folder.Path);
        Assert.Equal(message, (await cells.Error(code)).Message);
    }

    [Fact]
    public async Task Error_InAnImportedFile_NamesThatFile()
    {
        _folder.Write("bad.csx", "\nint x = \"text\";");
        using var cells = new Cells(_folder.Path);
        Assert.StartsWith("bad.csx, line 2, column 9: CS0029", (await cells.Error("#!import bad.csx")).Message, StringComparison.Ordinal);
    }
}
