// TorchSharp and libtorch: the engine for a GPU. "dotnet build -c Release lib/Fgsm.TorchSharp" makes it.
// Data frames and results first: a compiler that meets another copy of them later takes TorchSharp for two libraries of the same name.
#r "../lib/Results/bin/Release/net10.0/Microsoft.Data.Analysis.dll"
#r "../lib/Results/bin/Release/net10.0/Fgsm.Results.dll"
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/TorchSharp.dll"
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/TorchSharp.PyBridge.dll"
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/Fgsm.TorchSharp.dll"

using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

Fgsm.LibTorch.Require();
