using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Fgsm.SameBits;
using Fgsm.Tensors;

// The digests go to the output, where they are the same on every machine; what this process runs on goes to the errors.
Console.Error.WriteLine($"vector {Vector<float>.Count}");
Console.Error.WriteLine($"accelerated {Vector.IsHardwareAccelerated}");
Console.Error.WriteLine($"vector512 {Vector512.IsHardwareAccelerated}");
Console.Error.WriteLine($"fma {Fma.IsSupported || AdvSimd.IsSupported}");
Console.Error.WriteLine($"threads {torch.get_num_threads()}");
Console.Write(TrainingRun.Report());
