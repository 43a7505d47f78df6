namespace Fgsm.Kernel.Scripting;

/// <summary>Something that a cell shows while it runs.</summary>
public abstract record CellOutput;

/// <summary>Text on a standard stream.</summary>
/// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
public sealed record StreamOutput(string Name, string Text) : CellOutput;

/// <summary>A displayed value: mime type to content. JSON mime types hold JSON text, image types base64.</summary>
/// <param name="DisplayId">By which later updates name this display; never stored.</param>
public sealed record DisplayOutput(IReadOnlyDictionary<string, string> Data, string DisplayId) : CellOutput;

/// <summary>New content for an earlier display.</summary>
public sealed record DisplayUpdate(IReadOnlyDictionary<string, string> Data, string DisplayId) : CellOutput;

/// <summary>The value of the cell's last expression.</summary>
public sealed record ResultOutput(IReadOnlyDictionary<string, string> Data, int ExecutionCount) : CellOutput;

/// <summary>Why the cell stopped.</summary>
/// <param name="Name">The kind of error, e.g. <c>System.DivideByZeroException</c> or <c>CompilationError</c>.</param>
/// <param name="Message">What is wrong, in one line where possible.</param>
/// <param name="Traceback">What to show, line by line, with cell and line numbers.</param>
public sealed record ErrorOutput(string Name, string Message, IReadOnlyList<string> Traceback) : CellOutput;
