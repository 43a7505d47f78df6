using System.Text;

namespace Fgsm.Kernel;

/// <summary>
/// Standard output and error of a cell become outputs of its session, from whichever thread the cell writes;
/// the host's own writing goes where it went.
/// </summary>
internal sealed class ConsoleCapture(string name, TextWriter host) : TextWriter
{
    private static readonly Lock s_lock = new();
    private static bool s_installed;
    private static TextReader? s_input;

    public override Encoding Encoding => host.Encoding;

    public static void Install()
    {
        lock (s_lock)
        {
            // A host may set its own reader later than the first session.
            if (Console.In != s_input)
            {
                Console.SetIn(new CellInput(Console.In));
                s_input = Console.In;
            }
            if (s_installed)
                return;
            s_installed = true;
            Console.SetOut(new ConsoleCapture("stdout", Console.Out));
            Console.SetError(new ConsoleCapture("stderr", Console.Error));
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        CellInterrupt.CheckAtOutput();
        if (CSharpSession.Current is { } session)
            session.Post(new StreamOutput(name, value));
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
