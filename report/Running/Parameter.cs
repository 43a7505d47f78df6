namespace Fgsm.Report.Running;

/// <summary>The variables that the program sets in a notebook's parameters cell, each only where the cell declares it.</summary>
internal static class Parameter
{
    public const string Quick = "quick", Seed = "seed", Data = "data", Grid = "grid", Fresh = "fresh";

    /// <summary>All of them.</summary>
    public static readonly string[] All = [Quick, Seed, Data, Grid, Fresh];
}
