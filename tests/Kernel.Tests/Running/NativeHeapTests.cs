using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fgsm.Kernel.Tests.Running;

public class NativeHeapTests
{
    private const int Blocks = 8000, BlockBytes = 64 << 10;

    /// <summary>Half a gigabyte in small blocks, of which one block at the end stays: only a trim gives the others back.</summary>
    [GlibcFact]
    public void Trim_GivesBackWhatWasFreed()
    {
        nint[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => Touched())];
        foreach (var block in blocks[..^1])
            Marshal.FreeHGlobal(block);
        var before = Environment.WorkingSet;

        NativeHeap.Trim();

        Assert.True(before - Environment.WorkingSet > (long)Blocks * BlockBytes / 2);
        Marshal.FreeHGlobal(blocks[^1]);

        static nint Touched()
        {
            var block = Marshal.AllocHGlobal(BlockBytes);
            for (var i = 0; i < BlockBytes; i += 1024)
                Marshal.WriteByte(block, i, 1);
            return block;
        }
    }

    private sealed class GlibcFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
        OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl") ? null : "only glibc keeps what was freed",
        test);
}
