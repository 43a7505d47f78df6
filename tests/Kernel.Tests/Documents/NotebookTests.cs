namespace Fgsm.Kernel.Tests.Documents;

public sealed class NotebookTests : IDisposable
{
    // Written by Debian's nbformat 5.5 (python3 -c "import nbformat; nbformat.write(nbformat.read(..., 4), ...)").
    private const string WrittenByJupyter = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "intro",
           "metadata": {},
           "source": [
            "# Größe → \"ε\"\n",
            "\n",
            "second \\ line 🙂"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "c-1",
           "metadata": {
            "tags": [
             "parameters"
            ]
           },
           "outputs": [
            {
             "name": "stdout",
             "output_type": "stream",
             "text": [
              "a\r",
              "b\n"
             ]
            },
            {
             "data": {
              "application/vnd.fgsm.record+json": {
               "a": 1.0,
               "b": [],
               "c": {},
               "d": null,
               "e": 1e-05
              },
              "text/html": [
               "<b>\n",
               "x</b>"
              ]
             },
             "execution_count": 3,
             "metadata": {},
             "output_type": "execute_result"
            }
           ],
           "source": [
            "var quick = false;"
           ]
          },
          {
           "cell_type": "raw",
           "id": "r",
           "metadata": {},
           "source": []
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "language": "C#",
           "name": ".net-csharp"
          }
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_OfWhatJupyterWrote_WritesTheSameBytes()
    {
        var path = _folder.Write("a.ipynb", WrittenByJupyter);
        Notebook.Load(path).Save(path);
        Assert.Equal(WrittenByJupyter, File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Load_GivesKindsSourcesTagsAndOutputs()
    {
        var cells = Notebook.Load(_folder.Write("a.ipynb", WrittenByJupyter)).Cells;
        Assert.Equal([CellKind.Markdown, CellKind.Code, CellKind.Raw], cells.Select(cell => cell.Kind));
        Assert.Equal("# Größe → \"ε\"\n\nsecond \\ line 🙂", cells[0].Source);
        Assert.Equal(["parameters"], cells[1].Tags);
        Assert.Equal(3, cells[1].ExecutionCount);
        Assert.Equal(2, cells[1].Outputs.Count);
    }

    [Fact]
    public void Load_OfNbformat44_GivesEveryCellAnId()
    {
        var path = _folder.Write("a.ipynb", """{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "metadata": {}, "source": "x"}]}""");
        Assert.Equal("cell-1", Notebook.Load(path).Cells.Single().Id);
    }

    [Theory]
    [InlineData("{", "broken JSON at line 1, column")]
    [InlineData("[]", "the file is no JSON object")]
    [InlineData("null", "the file is no JSON object")]
    [InlineData("", "the file is empty")]
    [InlineData(" \r\n", "the file is empty")]
    [InlineData("<!DOCTYPE html><html></html>", "it is a web page: download the file itself")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "it is a Git LFS pointer, not the file itself: run 'git lfs pull'")]
    [InlineData("{\n\"nbformat\": 4,\n<<<<<<< HEAD\n}", "broken JSON at line 3, column 1")]
    [InlineData("{}", "'nbformat' is missing")]
    [InlineData("""{"nbformat": "4"}""", "'nbformat' is missing")]
    [InlineData("""{"nbformat": 3}""", "nbformat 3 is not supported")]
    [InlineData("""{"nbformat": 5}""", "nbformat 5 is not supported")]
    [InlineData("""{"nbformat": 4, "metadata": []}""", "'metadata' is no object")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [null]}""", "cell 1: it is no object")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "metadata": 1, "source": ""}]}""", "cell 1: 'metadata' is no object")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "source": ["a", null]}]}""", "cell 1: 'source' is neither text")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "", "outputs": [null]}]}""", "cell 1: 'outputs'")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": 1}""", "'cells' is missing or no list")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "poem"}]}""", "cell 1: 'cell_type' is 'poem'")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "metadata": {}, "source": 5}]}""", "cell 1: 'source' is neither text")]
    public void Load_OfABrokenFile_SaysInOneLineWhatIsWrongWhere(string content, string expected)
    {
        var path = _folder.Write("broken.ipynb", content);
        var message = Assert.Throws<NotebookException>(() => Notebook.Load(path)).Message;
        Assert.StartsWith(path + ": not a notebook", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Load_OfAFileThatIsNotThere_SaysSo()
    {
        var path = Path.Combine(_folder.Path, "gone.ipynb");
        Assert.Equal($"{path}: cannot be read: there is no such file", Assert.Throws<NotebookException>(() => Notebook.Load(path)).Message);
    }

    [Fact]
    public void Save_WhereItCannot_LeavesWhatWasThere()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "taken.ipynb"));
        var message = Assert.Throws<NotebookException>(() => new Notebook().Save(folder.FullName)).Message;
        Assert.Contains("cannot be written", message, StringComparison.Ordinal);
        Assert.True(folder.Exists);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Load_OfWhatIsNoText_OrAFolder_SaysSo()
    {
        File.WriteAllBytes(_folder.File("latin.ipynb"), [.. "{\"nbformat\": 4, \"a\": \""u8, 0xE4, .. "\"}"u8]);
        Directory.CreateDirectory(_folder.File("folder.ipynb"));
        Assert.Equal($"{_folder.File("latin.ipynb")}: not a notebook: it is no text in UTF-8", Refused("latin.ipynb"));
        Assert.Equal($"{_folder.File("folder.ipynb")}: cannot be read: it is a folder", Refused("folder.ipynb"));

        string Refused(string name) => Assert.Throws<NotebookException>(() => Notebook.Load(_folder.File(name))).Message;
    }

    [Fact]
    public void Load_OfWhatPythonReads_AndSaveIt_LosesNothing()
    {
        const string Odd = """
            {"nbformat": 4.0, "nbformat_minor": 6, "metadata": {"n": [NaN, -Infinity, Infinity, 1e400, 123456789012345678901234567890, 0.10], "s": "NaN, \"NaN\"",
             "a": 1, "a": 2, "\ud83d": "\\ud83d \ud83d\ude42 \ud83d"}, "new": [{}],
             "cells": [{"cell_type": "code", "cell_type": "raw", "source": ["a\r\n", "b"], "attachments": {"x.png": {"image/png": "AA"}}}]}
            """;
        const string Saved = """
            {
             "cells": [
              {
               "attachments": {
                "x.png": {
                 "image/png": "AA"
                }
               },
               "cell_type": "raw",
               "id": "cell-1",
               "metadata": {},
               "source": [
                "a\r\n",
                "b"
               ]
              }
             ],
             "metadata": {
              "a": 2,
              "n": [
               NaN,
               -Infinity,
               Infinity,
               1e400,
               123456789012345678901234567890,
               0.10
              ],
              "s": "NaN, \"NaN\"",
              "\uFFFD": "\\ud83d 🙂 \uFFFD"
             },
             "nbformat": 4,
             "nbformat_minor": 6,
             "new": [
              {}
             ]
            }

            """;
        var path = _folder.Write("odd.ipynb", "\uFEFF" + Odd);
        Notebook.Load(path).Clone().Save(path);
        Assert.Equal(Saved.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal), File.ReadAllText(path));
    }

    private static Notebook OneCell(string members) =>
        Notebook.Parse($$"""{"nbformat": 4, "metadata": null, "cells": [{"cell_type": "code", {{members}}}]}""");

    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("7", 7)]
    [InlineData("null", null)]
    [InlineData("\"1\"", null)]
    [InlineData("1.5", null)]
    [InlineData("1e30", null)]
    public void ExecutionCount_OfAnyForm_LoadsAndIsSavedAsItWas(string count, int? expected)
    {
        var notebook = OneCell($"\"execution_count\": {count}");
        Assert.Equal(expected, notebook.Cells.Single().ExecutionCount);
        Assert.Contains($"\"execution_count\": {count},", notebook.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("\"parameters\"", "")]
    [InlineData("[null, \"a\", 1, [\"b\"], {}]", "a 1")]
    public void Tags_OfAnyForm_AreThoseThatAreTexts(string tags, string expected) =>
        Assert.Equal(expected, string.Join(' ', OneCell($"\"metadata\": {{\"tags\": {tags}}}").Cells[0].Tags));

    [Fact]
    public void Ids_ThatAreMissingOrTakenOrNotAllowed_AreReplaced_AndOthersKept()
    {
        string[] ids = ["\"a\"", "null", "\"a\"", "\"cell-2\"", "\"\"", "\"b c\"", "[\"d\"]", "\"e\\n\""];
        var cells = string.Join(',', ids.Select(id => $$"""{"cell_type": "raw", "id": {{id}}}"""));
        var notebook = Notebook.Parse($$"""{"nbformat": 4, "nbformat_minor": 5, "cells": [{{cells}}]}""");
        Assert.Equal(["a", "cell-2-", "cell-3", "cell-2", "cell-5", "cell-6", "cell-7", "cell-8"], notebook.Cells.Select(cell => cell.Id));
        Assert.Equal(notebook.ToString(), notebook.Clone().ToString());
    }

    [Fact]
    public void Load_OfACodeCellWithNothingButItsKind_IsSavedAsAWholeCell()
    {
        var notebook = OneCell("\"metadata\": null, \"source\": null, \"outputs\": null");
        Assert.Equal(("", null, 0), (notebook.Cells[0].Source, notebook.Cells[0].ExecutionCount, notebook.Cells[0].Outputs.Count));
        foreach (var key in new[] { "\"execution_count\": null", "\"outputs\": []", "\"source\": []", "\"metadata\": {}" })
            Assert.Contains(key, notebook.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HalfACharacter_InASource_IsSavedAndClonedAsTheReplacementCharacter()
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Raw, "a", "x\ud83d"));
        notebook.Save(_folder.File("a.ipynb"));
        Assert.Equal("x\uFFFD", notebook.Clone().Cells[0].Source);
        Assert.Equal("x\uFFFD", Notebook.Load(_folder.File("a.ipynb")).Cells[0].Source);
        var parsed = Notebook.Parse("{\"nbformat\": 4, \"metadata\": {\"a\": \"\ud83d\"}, \"cells\": []}");
        Assert.Equal("\uFFFD", (string?)parsed.Metadata["a"]);
    }

    [Fact]
    public void Save_ThroughALink_LeavesTheLink()
    {
        var target = _folder.File("target.ipynb");
        var link = File.CreateSymbolicLink(_folder.File("link.ipynb"), "target.ipynb");
        new Notebook().Save(link.FullName);
        new Notebook().Save(link.FullName);
        Assert.Equal("target.ipynb", new FileInfo(link.FullName).LinkTarget);
        Assert.Empty(Notebook.Load(target).Cells);
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void Save_OfManyAtOnce_LeavesOneWholeFile()
    {
        var path = _folder.File("a.ipynb");
        Parallel.For(0, 50, i =>
        {
            var notebook = new Notebook();
            notebook.Cells.Add(new NotebookCell(CellKind.Raw, $"c{i}", new string('x', 10_000 * i)));
            notebook.Save(path);
        });
        Assert.Single(Notebook.Load(path).Cells);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Save_LeavesAFileOfTheUsersAlone_WhateverItsName()
    {
        var other = _folder.Write("a.ipynb.tmp", "mine");
        new Notebook().Save(_folder.File("a.ipynb"));
        Assert.Equal("mine", File.ReadAllText(other));
    }
}
