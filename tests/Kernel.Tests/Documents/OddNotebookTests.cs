using System.Diagnostics;
using Fgsm.Kernel.Tests.Clients;
using FsCheck;
using FsCheck.Fluent;

namespace Fgsm.Kernel.Tests.Documents;

/// <summary>200 odd notebooks: each loads and is saved without loss, or is refused in one line that names the file.</summary>
public sealed class OddNotebookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static void ForAll(Action<OddNotebook> check) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(2026, 11), Prop.ForAll(ArbMap.Default.ArbFor<OddNotebook>(), check));

    [Fact]
    public void AnOddNotebook_LoadsAsItWasMeant_OrIsRefusedInOneLine()
    {
        var (file, loaded, refused) = (_folder.File("odd.ipynb"), 0, 0);
        ForAll(odd =>
        {
            File.WriteAllBytes(file, odd.File);
            if (!odd.IsLegal)
            {
                var message = Assert.Throws<NotebookException>(() => Notebook.Load(file)).Message;
                Assert.StartsWith($"{file}: not a notebook: ", message, StringComparison.Ordinal);
                Assert.DoesNotContain(message, char.IsControl);
                refused++;
                return;
            }
            var notebook = Notebook.Load(file);
            Assert.Equal(odd.Cells.Select(cell => cell.Expected), notebook.Cells.Select(cell => cell.Kind));
            Assert.Equal(odd.Cells.Select(cell => cell.ExpectedSource), notebook.Cells.Select(cell => cell.Source));
            Assert.Equal(odd.Cells.Select(cell => cell.ExpectedCount), notebook.Cells.Select(cell => cell.ExecutionCount));
            Assert.All(notebook.Cells, cell => Assert.DoesNotContain(cell.Tags, string.IsNullOrEmpty));
            Assert.Distinct(notebook.Cells.Select(cell => cell.Id));
            notebook.Save(file);
            Assert.Equal(File.ReadAllText(file), Notebook.Load(file).ToString());
            loaded++;
        });
        Assert.True(loaded > 60 && refused > 60, $"{loaded} loaded, {refused} refused");
    }

    /// <summary>What nbformat reads of a file and of the same file saved here.</summary>
    [JupyterFact]
    public void WhatIsSavedHere_IsForJupyterWhatItWas()
    {
        var count = 0;
        ForAll(odd =>
        {
            var file = _folder.File($"{count}.ipynb");
            File.WriteAllBytes(file, odd.File);
            if (!odd.IsLegal)
                return;
            Notebook.Load(file).Save(_folder.File($"{count++}.saved"));
        });
        _folder.Write("compare.py", """
            import json, logging, re, sys, warnings
            import nbformat
            logging.disable(logging.CRITICAL)
            warnings.simplefilter("ignore")

            def read(path):
                errors = {}
                with open(path, "rb") as f:
                    content = f.read()
                text = content.decode("utf-16" if content[:1] == b"\xff" else "utf-8-sig")
                notebook = nbformat.reads(text, as_version=4, capture_validation_error=errors)
                notebook.pop("nbformat_minor")
                notebook.metadata.pop("orig_nbformat_minor", None)
                for cell in notebook.cells:
                    cell.pop("id", None)
                    cell.source = cell.get("source") or ""
                    if cell.cell_type == "code":
                        cell.outputs = cell.get("outputs") or []
                        cell.setdefault("execution_count", None)
                # Half a surrogate pair, which Jupyter itself cannot save.
                whole = re.sub(r"(\\ud[89ab]..\\ud[c-f]..)|\\ud[89a-f]..", lambda m: m[1] or r"\ufffd", json.dumps(notebook, sort_keys=True))
                return whole, not errors

            compared = valid = 0
            for i in range(int(sys.argv[1])):
                try:
                    before, was_valid = read(f"{i}.ipynb")
                except Exception:
                    continue  # Jupyter does not open it.
                after, is_valid = read(f"{i}.saved")
                assert before == after, f"{i}\n{before}\n{after}"
                assert is_valid or not was_valid, f"{i} is no longer valid"
                compared += 1
                valid += was_valid
            print(compared, valid)
            """);
        using var python = Process.Start(new ProcessStartInfo(JupyterFactAttribute.Python, ["compare.py", $"{count}"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, error.Result);
        var figures = output.Split(' ').Select(int.Parse).ToArray();
        Assert.True(figures[0] > 30 && figures[1] > 10, output);
    }
}
