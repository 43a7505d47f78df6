using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NetMQ;

namespace Fgsm.Kernel.Jupyter;

/// <summary>The process that a client starts: serves it until it says shutdown or is gone.</summary>
internal static class KernelProcess
{
    /// <exception cref="NotebookException">The connection file cannot be used.</exception>
    public static async Task RunAsync(string connectionFile)
    {
        var connection = ConnectionFile.Load(connectionFile);
        try
        {
            using var kernel = new JupyterKernel(new JupyterSockets(connection), Directory.GetCurrentDirectory());
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                kernel.Interrupt();
            });
            kernel.WarmUp();
            await Task.WhenAny(kernel.Shutdown, ParentGoneAsync());
        }
        catch (NetMQException e)
        {
            throw new NotebookException($"{connectionFile}: cannot listen where it says: {(e.InnerException ?? e).Message}", e);
        }
        // A cell may have left threads behind that would keep the process.
        Environment.Exit(0);
    }

    /// <summary>Jupyter says who started the kernel; when that process ends, nobody else will stop it.</summary>
    private static async Task ParentGoneAsync()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id <= 1)
            await Task.Delay(Timeout.Infinite);
        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has gone already.
        }
    }
}
