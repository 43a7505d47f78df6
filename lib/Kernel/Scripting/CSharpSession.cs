using System.Collections.Concurrent;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel;

/// <summary>
/// Runs cells of C#, one after the other, each seeing what those before it declared. What a cell shows is raised as
/// <see cref="Output"/>, in order, while the cell runs.
/// </summary>
public sealed class CSharpSession : IDisposable
{
    private static readonly AsyncLocal<CSharpSession?> s_current = new();
    private const int PatienceMilliseconds = 2000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly OutputPump _pump;
    private readonly Stack<string> _imports = new();
    private ScriptOptions _options;
    private CellThread _thread = new();
    private ScriptState<object>? _state;
    private SortedDictionary<string, string>? _result;

    /// <summary>A session without variables.</summary>
    /// <param name="workingDirectory">Where relative paths of <c>#r</c>, <c>#load</c> and <c>#!import</c> start: the folder of the notebook.</param>
    public CSharpSession(string? workingDirectory = null)
    {
        WorkingDirectory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        _options = DefaultOptions(WorkingDirectory);
        _pump = new OutputPump(output => Output?.Invoke(output));
        ConsoleCapture.Install();
        using (ExecutionContext.SuppressFlow())
            new Thread(RunWork) { IsBackground = true, Name = "Session" }.Start();
    }

    /// <summary>Raised for all that cells show, from a thread of its own, one output at a time.</summary>
    public event Action<CellOutput>? Output;

    /// <summary>Where relative paths start.</summary>
    public string WorkingDirectory { get; }

    /// <summary>The number of the cell that ran last.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>The session whose cell called, on whichever thread; null in code of the host.</summary>
    internal static CSharpSession? Current => s_current.Value;

    /// <summary>Asks the user for a line; null where nobody can be asked.</summary>
    internal Func<string, bool, string>? Input { get; set; }

    internal FormatterRegistry Formatters { get; } = new(Formatter.Shared);

    /// <summary>Runs a cell. When the task ends, all its outputs have been raised.</summary>
    /// <param name="code">The source of the cell.</param>
    /// <param name="interrupt">Stops the cell, endless loops included; variables keep the values they have then.</param>
    /// <returns>The error that stopped the cell, raised as an output too; null where it ran to its end.</returns>
    public Task<ErrorOutput?> ExecuteAsync(string code, CancellationToken interrupt = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        return ExecuteAsync(code, ExecutionCount + 1, interrupt);
    }

    /// <summary>Runs a cell under a number that the caller has counted.</summary>
    internal Task<ErrorOutput?> ExecuteAsync(string code, int number, CancellationToken interrupt)
    {
        return Enqueue(() =>
        {
            ExecutionCount = number;
            var (result, error) = RunCell(code, interrupt);
            if (error is not null)
                Post(error);
            else if (result is not null)
                Post(new ResultOutput(result, ExecutionCount));
            _pump.Flush();
            return error;
        });
    }

    /// <summary>Runs code that is no cell of its own: no count, no result or error shown.</summary>
    internal Task<(IReadOnlyDictionary<string, string>? Result, ErrorOutput? Error)> EvaluateAsync(string code, CancellationToken interrupt) => Enqueue(() =>
    {
        var outcome = RunCell(code, interrupt);
        _pump.Flush();
        return outcome;
    });

    /// <summary>Ends the session.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Dispose();
        _pump.Dispose();
    }

    /// <summary>Shows an output of the running cell, or writes it to the console where no cell runs.</summary>
    internal static void Publish(CellOutput output)
    {
        CellInterrupt.CheckAtOutput();
        if (Current is { } session)
            session.Post(output);
        else if (output is DisplayOutput display)
            Console.WriteLine(display.Data.GetValueOrDefault("text/plain") ?? display.Data.Values.FirstOrDefault());
    }

    /// <summary>Asks the user of the running cell for a line.</summary>
    internal static string ReadLine(string prompt, bool isPassword) => Current?.Input is { } input
        ? input(prompt, isPassword)
        : throw new InvalidOperationException("The cell asks for input, but nobody can be asked.");

    /// <summary>Returns when all that was shown so far has been raised.</summary>
    internal void Flush() => _pump.Flush();

    internal void Post(CellOutput output) => _pump.Post(output);

    private static ScriptOptions DefaultOptions(string directory)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(CSharpSession).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        return ScriptOptions.Default
            .WithLanguageVersion(LanguageVersion.Latest)
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithAllowUnsafe(true)
            .WithMetadataResolver(new NotebookReferences(directory))
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(directory))
            .WithReferences(references)
            .WithImports(
                "System", "System.Collections", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text",
                "System.Threading", "System.Threading.Tasks", "Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Kernel",
                "Microsoft.DotNet.Interactive.Formatting");
    }

    private void RunWork()
    {
        s_current.Value = this;
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }

    internal Task<Completion> CompleteAsync(string code, int position) => Enqueue(() => new CodeInsight(_state, Continue, code).Complete(position));

    internal Task<string?> DescribeAsync(string code, int position) => Enqueue(() => new CodeInsight(_state, Continue, code).Describe(position));

    private Task<T> Enqueue<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private (IReadOnlyDictionary<string, string>? Result, ErrorOutput? Error) RunCell(string code, CancellationToken interrupt)
    {
        var cell = $"cell {ExecutionCount}";
        _result = null;
        _imports.Clear();
        try
        {
            RunSource(code, Path.Combine(WorkingDirectory, cell), interrupt);
            return (_result, null);
        }
        catch (CellFailedException e)
        {
            return (null, e.Error);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return (null, new ErrorOutput("Interrupted", "The cell was interrupted.", [$"{cell}: interrupted"]));
        }
        catch (Exception e)
        {
            return (null, CellErrors.FromException(e, cell));
        }
    }

    private void RunSource(string source, string file, CancellationToken interrupt)
    {
        var parts = CellPart.Split(source).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            interrupt.ThrowIfCancellationRequested();
            var place = $"{Path.GetFileName(file)}, line {parts[i].Line + 1}";
            if (!parts[i].IsMagic)
                RunCode(parts[i].Text, file, interrupt);
            else if (NuGetReferences.Parse(parts[i].Text) is var (package, version))
                AddReferences(NuGetReferences.Restore(package, version, WorkingDirectory, interrupt));
            else
                i += RunMagic(parts, i, place, file, interrupt);
        }
    }

    /// <summary>Runs a magic.</summary>
    /// <returns>How many of the parts after it were its own.</returns>
    private int RunMagic(List<CellPart> parts, int index, string place, string file, CancellationToken interrupt)
    {
        var words = parts[index].Text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var argument = words.Length == 2 ? words[1].Trim() : "";
        switch (words[0])
        {
            case "#!import":
                Import(argument.Trim('"'), place, file, interrupt);
                return 0;
            case "#!csharp" or "#!c#" or "#!C#":
                return 0;
            case "#!markdown" or "#!md":
                return ShowAs("text/markdown");
            case "#!html":
                return ShowAs("text/html");
            case "#!time":
                var started = System.Diagnostics.Stopwatch.StartNew();
                var rest = parts.Skip(index + 1).ToList();
                try
                {
                    RunSource(string.Join("\n", rest.Select(part => part.Text)), file, interrupt);
                }
                finally
                {
                    $"Wall time: {started.Elapsed.TotalMilliseconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)} ms".DisplayAs("text/plain");
                }
                return rest.Count;
            case "#!whos":
                Variables().Display();
                return 0;
            case "#!about":
                $"Fgsm.Kernel {Jupyter.KernelInfo.Version}, C# {Jupyter.KernelInfo.LanguageVersion} on .NET {Environment.Version}".DisplayAs("text/plain");
                return 0;
            default:
                throw new NotebookException($"{place}: this kernel has no magic {words[0]}");
        }

        int ShowAs(string mimeType)
        {
            if (index + 1 >= parts.Count || parts[index + 1].IsMagic)
                return 0;
            parts[index + 1].Text.TrimStart('\n').DisplayAs(mimeType);
            return 1;
        }
    }

    /// <summary>The variables as they stand: of those with one name the last.</summary>
    private List<object> Variables() =>
        [.. (_state?.Variables ?? []).GroupBy(v => v.Name).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (object)new { g.Last().Name, Type = ValueShape.TypeName(g.Last().Type), g.Last().Value })];

    private void AddReferences(IEnumerable<string> paths) => _options = _options.AddReferences(paths.Select(path => MetadataReference.CreateFromFile(path)));

    private void Import(string name, string place, string file, CancellationToken interrupt)
    {
        var path = Path.GetFullPath(name, Path.GetDirectoryName(file)!);
        if (name == "" || !File.Exists(path))
            throw new NotebookException($"{place}: #!import: there is no file '{name}'");
        if (_imports.Contains(path))
            throw new NotebookException($"{place}: #!import: '{name}' imports itself");
        _imports.Push(path);
        foreach (var source in ImportedFile.Read(path))
            RunSource(source, path, interrupt);
        _imports.Pop();
    }

    private void RunCode(string code, string file, CancellationToken interrupt)
    {
        var script = Continue(CellInterrupt.Instrument(code), file);
        if (script.Compile(interrupt).Any(IsError))
        {
            // Once more as it was written, so that columns are right.
            var diagnostics = Continue(code, file).Compile(interrupt);
            throw new CellFailedException(MissingReference.Explain(diagnostics, file) ?? CellErrors.FromDiagnostics(diagnostics));
        }

        using var request = CellInterrupt.Begin(interrupt);
        var context = new InterruptibleContext(interrupt, e => Post(new StreamOutput("stderr", string.Join('\n', CellErrors.FromException(e, "").Traceback) + "\n")));
        var started = _thread.Run(() => context.Run(() => _state is null
            ? script.RunAsync(globals: null, catchException: _ => true, CancellationToken.None)
            : script.RunFromAsync(_state, catchException: _ => true, CancellationToken.None)));
        var run = started.Unwrap();
        // An interrupted cell has a moment to stop by itself, which keeps what it has declared.
        if (WaitHandle.WaitAny([((IAsyncResult)run).AsyncWaitHandle, interrupt.WaitHandle]) == 1)
            Task.WaitAny([run], PatienceMilliseconds);
        if (!run.IsCompleted)
        {
            if (!started.IsCompleted)
            {
                _thread.Dispose();
                _thread = new CellThread();
            }
            throw new OperationCanceledException(interrupt);
        }
        _state = run.Result;
        if (_state.Exception is OperationCanceledException or ThreadInterruptedException && interrupt.IsCancellationRequested)
            throw new OperationCanceledException(interrupt);
        if (_state.Exception is { } exception)
            throw new CellFailedException(CellErrors.FromException(exception, Path.GetFileName(file)));
        if (!HasResult(script.GetCompilation(), file) || _state.ReturnValue is DisplayedValue)
            return;
        if (_imports.Count > 0)
            _state.ReturnValue.Display();
        else
            _result = Formatter.Bundle(_state.ReturnValue, []);
    }

    private static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    private Script<object> Continue(string code, string file)
    {
        var options = _options.WithFilePath(file);
        return _state is null ? CSharpScript.Create<object>(code, options) : _state.Script.ContinueWith<object>(code, options);
    }

    /// <summary>Whether the code ends in an expression with a value and without a semicolon.</summary>
    private static bool HasResult(Compilation compilation, string file)
    {
        var tree = compilation.SyntaxTrees.First(t => t.FilePath == file);
        return tree.GetRoot().ChildNodes().LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type is not { SpecialType: SpecialType.System_Void };
    }

    private sealed class CellFailedException(ErrorOutput error) : Exception(error.Message)
    {
        public ErrorOutput Error => error;
    }
}
