namespace Fgsm.Kernel.Tests;

/// <summary>A session whose outputs are at hand.</summary>
internal sealed class Cells : IDisposable
{
    private readonly List<CellOutput> _outputs = [];

    public Cells(string? directory = null)
    {
        Session = new CSharpSession(directory);
        Session.Output += _outputs.Add;
    }

    public CSharpSession Session { get; }

    /// <summary>Runs a cell; what it showed.</summary>
    public async Task<IReadOnlyList<CellOutput>> Run(string code, CancellationToken interrupt = default)
    {
        _outputs.Clear();
        await Session.ExecuteAsync(code, interrupt);
        return [.. _outputs];
    }

    /// <summary>Runs a cell; the text of its result.</summary>
    public async Task<string?> Result(string code) =>
        (await Run(code)).OfType<ResultOutput>().SingleOrDefault()?.Data["text/plain"];

    /// <summary>Runs a cell that must fail; its error.</summary>
    public async Task<ErrorOutput> Error(string code) => Assert.Single((await Run(code)).OfType<ErrorOutput>());

    public void Dispose() => Session.Dispose();
}
