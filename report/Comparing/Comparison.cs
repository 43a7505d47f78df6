namespace Fgsm.Report.Comparing;

/// <summary>A published number beside ours, as a reader sees them.</summary>
/// <param name="File">The published file that the number is from: "b.robust".</param>
/// <param name="What">What is compared, in words.</param>
/// <param name="Published">As the report prints it.</param>
/// <param name="Ours">What the notebook measured.</param>
/// <param name="Range">Its 95 % interval.</param>
/// <param name="Difference">Ours less the published number, in points; of what is no percentage, ours as a multiple of it.</param>
/// <param name="Seeds">Mean, standard deviation and number of seeds; empty where one was run.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="Remark">Why there is no verdict; for a setting, what is done here.</param>
/// <param name="IsHeadline">Whether it belongs on the first page.</param>
/// <param name="IsSetting">Whether it is a setting and no result.</param>
internal sealed record Comparison(
    string File, string What, string Published, string Ours, string Range, string Difference, string Seeds, Verdict Verdict, string Remark, bool IsHeadline, bool IsSetting)
{
    /// <summary>The report's letter, as it is written.</summary>
    public string Report => File.Split('.')[0].ToUpperInvariant();
}
