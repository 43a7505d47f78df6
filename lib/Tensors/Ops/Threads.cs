namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>
    /// The number of threads that ops use; <c>FGSM_THREADS</c> sets it at start-up, all cores otherwise. Results do not depend on it.
    /// </summary>
    public static int get_num_threads() => Threads.Count;

    public static void set_num_threads(int num_threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(num_threads, 1);
        Threads.Count = num_threads;
    }
}
