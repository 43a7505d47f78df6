using System.Reactive.Disposables;
using System.Text;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Standard output and error of a cell become outputs of its session, from whichever thread the cell writes;
/// the host's own writing goes where it went.
/// </summary>
internal sealed class ConsoleCapture(string name, TextWriter host) : TextWriter
{
    private static readonly Lock Gate = new();
    private static (TextWriter Out, TextWriter Error, TextReader In) captured;

    static ConsoleCapture()
    {
        // Microsoft.DotNet.Interactive takes the console when its first reader comes, and gives it back after the last: this one stays, and the console is ours.
        var (output, error) = (Console.Out, Console.Error);
        Microsoft.DotNet.Interactive.Utility.ConsoleOutput.Subscribe(_ => Disposable.Empty);
        Console.SetOut(output);
        Console.SetError(error);
    }

    public override Encoding Encoding => host.Encoding;

    /// <summary>Captures the console as the host has set it, until the result is disposed: then what a cell has set in its place goes, too.</summary>
    public static IDisposable Install()
    {
        lock (Gate)
        {
            if (Console.Out != captured.Out)
                Console.SetOut(new ConsoleCapture("stdout", Console.Out));
            if (Console.Error != captured.Error)
                Console.SetError(new ConsoleCapture("stderr", Console.Error));
            if (Console.In != captured.In)
                Console.SetIn(new CellInput(Console.In));
            var installed = captured = (Console.Out, Console.Error, Console.In);
            return Disposable.Create(() =>
            {
                Console.SetOut(installed.Out);
                Console.SetError(installed.Error);
                Console.SetIn(installed.In);
            });
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (CSharpSession.Current is { } session)
            session.Show(new StreamOutput(name, value));
        else
            host.Write(value);
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    public override void Flush()
    {
        if (CSharpSession.Current is null)
            host.Flush();
    }

    /// <summary>A cell that reads a line asks the user.</summary>
    private sealed class CellInput(TextReader host) : TextReader
    {
        public override string? ReadLine() => CSharpSession.Current is null ? host.ReadLine() : CSharpSession.ReadLine("", isPassword: false);

        public override int Read() => CSharpSession.Current is null ? host.Read() : throw new NotSupportedException("A cell reads whole lines only.");
    }
}
