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
    [InlineData("{}", "'nbformat' is missing")]
    [InlineData("""{"nbformat": 3}""", "nbformat 3 is not supported")]
    [InlineData("""{"nbformat": 4, "nbformat": 4}""", "not a notebook")]
    [InlineData("""{"nbformat": 4}""", "'metadata' is missing or no object")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": 1}""", "'cells' is missing or no list")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "poem"}]}""", "cell 1: 'cell_type' is 'poem'")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "metadata": {}, "source": 5}]}""", "cell 1: 'source' is neither text")]
    [InlineData("""{"nbformat": 4, "metadata": {"a": {"b": 1, "b": 2}}, "cells": []}""", "Duplicate property 'b'")]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "raw", "id": "a b", "metadata": {}, "source": ""}]}""", "cell 1: 'id' must be")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": [{"output_type": "display_data"}]}]}""", "cell 1: 'outputs'")]
    public void Load_OfABrokenFile_SaysInOneLineWhatIsWrongWhere(string content, string expected)
    {
        var path = _folder.Write("broken.ipynb", content);
        var message = Assert.Throws<NotebookException>(() => Notebook.Load(path)).Message;
        Assert.StartsWith(path + ": not a notebook", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("\"execution_count\": 1.0", "\"execution_count\": 1")]
    [InlineData("\"execution_count\": 1e300", "\"execution_count\": null")]
    [InlineData("\"metadata\": {\"tags\": null}", "\"tags\": null")]
    [InlineData("\"metadata\": {\"tags\": [null, \"a\"]}", "\"a\"")]
    [InlineData("\"source\": \"half \\ud83d, whole \\ud83d\\ude00, none \\\\ud83d\"", "half \uFFFD, whole 😀, none \\\\ud83d")]
    public void Load_OfWhatOtherProgramsWrite_Works(string odd, string saved)
    {
        var defaults = new[] { "\"metadata\": {}", "\"source\": \"\"", "\"execution_count\": null" }.Where(member => !odd.StartsWith(member.Split(':')[0], StringComparison.Ordinal));
        var cell = "{\"cell_type\": \"code\", \"outputs\": [], " + string.Join(", ", defaults.Append(odd)) + "}";
        var notebook = Notebook.Parse("{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [" + cell + "]}");
        Assert.Equal("cell-1", notebook.Cells[0].Id);
        Assert.All(notebook.Cells[0].Tags, tag => Assert.Equal("a", tag));
        Assert.Contains(saved, notebook.Clone().ToString(), StringComparison.Ordinal);
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
}
