using System.Reactive.Disposables;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Runs cells of C#, one after the other, each seeing what those before it declared. What a cell shows is raised as
/// <see cref="Output"/>, in order, while the cell runs.
/// </summary>
/// <remarks>Formatters and console belong to the process: a new session finds them as if it were the first, and there is one at a time.</remarks>
public sealed partial class CSharpSession : IDisposable
{
    private static readonly AsyncLocal<CSharpSession?> CurrentSession = new();
    private const int PatienceMilliseconds = 2000;

    // Of each assembly that cells see besides the framework, one type.
    private static readonly Type[] Helpers =
        [typeof(CSharpSession), typeof(Microsoft.DotNet.Interactive.Kernel), typeof(Formatter), typeof(Microsoft.AspNetCore.Html.HtmlString)];

    private readonly WorkThread _worker = new("Session");
    private readonly OutputPump _pump;
    private readonly SessionKernel _kernel;
    private readonly NuGetPackages _packages;
    private readonly CompositeDisposable _process;
    private readonly Stack<string> _imports = new();
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _extensions = [];
    private ScriptOptions _options;
    private WorkThread _thread = new("Cells");
    private string _cell = "cell 0";
    private volatile bool _isRunning;
    private ScriptState<object>? _state;
    private IReadOnlyDictionary<string, string>? _result;

    /// <summary>A session without variables.</summary>
    /// <param name="workingDirectory">Where relative paths of <c>#r</c>, <c>#load</c> and <c>#!import</c> start: the folder of the notebook.</param>
    public CSharpSession(string? workingDirectory = null)
    {
        WorkingDirectory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        _options = DefaultOptions(WorkingDirectory);
        _pump = new OutputPump(output => Output?.Invoke(output));
        _kernel = new SessionKernel(this);
        _packages = new NuGetPackages(WorkingDirectory);
        Displays.Reset();
        _process = [ConsoleCapture.Install(), CellFaults.Watch(this), _kernel];
    }

    /// <summary>Raised for all that cells show, from a thread of its own, one output at a time.</summary>
    public event Action<CellOutput>? Output;

    /// <summary>Where relative paths start.</summary>
    public string WorkingDirectory { get; }

    /// <summary>The number of the cell that ran last.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>The session whose cell called, on whichever thread; null in code of the host.</summary>
    internal static CSharpSession? Current => CurrentSession.Value;

    /// <summary>Asks the user for a line; null where nobody can be asked.</summary>
    internal Func<string, bool, string>? Input { get; set; }

    /// <summary>Runs a cell. When the task ends, all its outputs have been raised.</summary>
    /// <param name="code">The source of the cell.</param>
    /// <param name="interrupt">Stops the cell, endless loops included; variables keep the values they have then.</param>
    /// <returns>The error that stopped the cell, raised as an output too; null where it ran to its end.</returns>
    public Task<ErrorOutput?> ExecuteAsync(string code, CancellationToken interrupt = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        return ExecuteAsync(code, ExecutionCount + 1, $"cell {ExecutionCount + 1}", interrupt);
    }

    /// <summary>Runs a cell under a number that the caller has counted, and the name by which errors call it.</summary>
    internal Task<ErrorOutput?> ExecuteAsync(string code, int number, string name, CancellationToken interrupt) => Enqueue(() =>
    {
        (ExecutionCount, _cell, _isRunning) = (number, name, true);
        var (result, error) = RunCell(code, interrupt);
        _isRunning = false;
        if (error is not null)
            Post(error);
        else if (result is not null)
            Post(new ResultOutput(result, ExecutionCount));
        _pump.Flush();
        return error;
    });

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
        _worker.Dispose();
        _thread.Dispose();
        _pump.Dispose();
        _process.Dispose();
        // Whatever still points at the session, its variables, gigabytes of tensors maybe, can be collected.
        _state = null;
    }

    /// <summary>Shows an output of the running cell.</summary>
    internal void Show(CellOutput output)
    {
        CellInterrupt.CheckAtOutput();
        Post(output);
    }

    /// <summary>Tells of an exception that nobody can catch: of a thread, a timer or a finalizer that a cell has left behind.</summary>
    internal void ReportUnhandled(Exception exception) =>
        Post(new StreamOutput("stderr", $"Outside of the cells: {string.Join('\n', CellErrors.FromException(exception, "").Traceback)}\n"));

    /// <summary>Tells that the process ends before the session does.</summary>
    internal string ReportExit()
    {
        var message = $"The process was ended {(_isRunning ? "while" : "after")} {_cell} ran, by Environment.Exit or from outside.";
        Post(new ErrorOutput("ProcessExit", message, [message]));
        _pump.Flush();
        Exiting?.Invoke();
        return message;
    }

    /// <summary>Raised when the process ends before the session does: the last moment to send outputs.</summary>
    internal event Action? Exiting;

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
            .Concat(Helpers.Select(type => type.Assembly.Location))
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

    internal Task<Completion> CompleteAsync(string code, int position) => Enqueue(() => new CodeInsight(_state, Continue, code).Complete(position));

    internal Task<string?> DescribeAsync(string code, int position) => Enqueue(() => new CodeInsight(_state, Continue, code).Describe(position));

    private Task<T> Enqueue<T>(Func<T> work)
    {
        // Nothing of the caller's flows into cells.
        using (ExecutionContext.SuppressFlow())
            return _worker.Run(() =>
            {
                CurrentSession.Value = this;
                return work();
            });
    }

    private (IReadOnlyDictionary<string, string>? Result, ErrorOutput? Error) RunCell(string code, CancellationToken interrupt)
    {
        _result = null;
        _imports.Clear();
        using var context = _kernel.Begin(code, interrupt);
        try
        {
            RunSource(code, Path.Combine(WorkingDirectory, _cell), interrupt);
            return (_result, null);
        }
        catch (Exception e)
        {
            return (null, ValidText.Of(e switch
            {
                CellFailedException failed => failed.Error,
                OperationCanceledException when interrupt.IsCancellationRequested =>
                    new("Interrupted", "The cell was interrupted.", [$"{_cell}: interrupted"]),
                _ => CellErrors.FromException(e, _cell),
            }));
        }
    }

    private void RunSource(string source, string file, CancellationToken interrupt)
    {
        var magics = new Magics(this, source, file, interrupt);
        var parts = CellPart.Split(source).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            interrupt.ThrowIfCancellationRequested();
            var place = $"{Path.GetFileName(file)}, line {parts[i].Line + 1}";
            if (!parts[i].IsMagic)
                RunCode(parts[i].Text, file, interrupt);
            else if (_packages.Add(parts[i].Text, place))
            {
                // Directives that follow each other are restored together.
                if (i + 1 == parts.Count || !NuGetPackages.IsDirective(parts[i + 1].Text))
                    AddPackages(_packages.Restore(interrupt), file, interrupt);
            }
            else
                i += magics.Run(parts, i, place);
        }
    }

    /// <summary>Makes packages known to the cells that follow, and runs the extensions that they bring.</summary>
    private void AddPackages(RestoredPackages packages, string file, CancellationToken interrupt)
    {
        foreach (var note in packages.Notes)
            Post(new StreamOutput("stderr", note + "\n"));
        var known = _options.MetadataReferences.OfType<PortableExecutableReference>().Select(reference => Path.GetFileNameWithoutExtension(reference.FilePath));
        _options = _options.AddReferences(packages.Assemblies.ExceptBy(known, Path.GetFileNameWithoutExtension).Select(path => MetadataReference.CreateFromFile(path)));
        foreach (var extension in packages.Extensions.Where(_extensions.Add))
        {
            try
            {
                LoadExtension(extension, file, interrupt);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The package itself can be used all the same.
                Post(new StreamOutput("stderr", $"The extension {Path.GetFileName(extension)} cannot be loaded: {CellErrors.FromException(e, "").Message}\n"));
            }
        }
    }

    private void LoadExtension(string extension, string file, CancellationToken interrupt)
    {
        // Loaded by a cell, so that its dependencies are those that cells have.
        RunScript($"#r \"{extension.Replace('\\', '/')}\"\nSystem.Reflection.Assembly.Load(\"{AssemblyName.GetAssemblyName(extension)}\")", file, interrupt);
        foreach (var type in ((Assembly)_state!.ReturnValue).ExportedTypes.Where(type => type.IsAssignableTo(typeof(IKernelExtension)) && !type.IsAbstract))
            ((IKernelExtension)Activator.CreateInstance(type)!).OnLoadAsync(_kernel).Wait(interrupt);
    }

    /// <summary>Runs code that an extension submits while it is loaded.</summary>
    internal void RunForExtension(string code)
    {
        CurrentSession.Value = this;
        RunSource(code, Path.Combine(WorkingDirectory, "extension"), CancellationToken.None);
    }

    private void RunCode(string code, string file, CancellationToken interrupt)
    {
        var script = RunScript(code, file, interrupt);
        if (!HasReturnValue(script) || _state!.ReturnValue is DisplayedValue)
            return;
        if (_imports.Count > 0)
            _state.ReturnValue.Display();
        else
            _result = Displays.Format(_state.ReturnValue);
    }

    private Script<object> RunScript(string code, string file, CancellationToken interrupt)
    {
        var script = Continue(CellInterrupt.Instrument(code), file);
        if (script.Compile(interrupt).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            // Once more as it was written, so that columns are right.
            var diagnostics = Continue(code, file).Compile(interrupt);
            throw new CellFailedException(MissingReference.Explain(diagnostics, file) ?? CellErrors.FromDiagnostics(diagnostics));
        }

        using var request = CellInterrupt.Begin(interrupt);
        var context = new InterruptibleContext(interrupt, ReportUnhandled);
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
                _thread = new WorkThread("Cells");
            }
            throw new OperationCanceledException(interrupt);
        }
        _state = run.Result;
        if (_state.Exception is OperationCanceledException or ThreadInterruptedException && interrupt.IsCancellationRequested)
            throw new OperationCanceledException(interrupt);
        if (_state.Exception is { } exception)
            throw new CellFailedException(CellErrors.FromException(exception, Path.GetFileName(file)));
        return script;
    }

    private Script<object> Continue(string code, string file)
    {
        var options = _options.WithFilePath(file);
        return _state is null ? CSharpScript.Create<object>(code, options) : _state.Script.ContinueWith<object>(code, options);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern bool HasReturnValue(Script script);

    private sealed class CellFailedException(ErrorOutput error) : Exception(error.Message)
    {
        public ErrorOutput Error => error;
    }
}
