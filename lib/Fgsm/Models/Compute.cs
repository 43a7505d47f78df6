namespace Fgsm.Models;

/// <summary>Where the library computes.</summary>
public static class Compute
{
    /// <summary>CUDA where the engine finds it, else the CPU. Data sets and the reports' networks are put here; random numbers of weights and batches are the CPU's all the same.</summary>
    public static Device Device => device(cuda.is_available() ? "cuda" : "cpu");
}
