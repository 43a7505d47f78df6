// TorchSharp and libtorch: the engine for a GPU. "dotnet build -c Release lib/Fgsm.TorchSharp" makes it.
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/TorchSharp.dll"
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/TorchSharp.PyBridge.dll"
#r "../lib/Fgsm.TorchSharp/bin/Release/net10.0/Fgsm.TorchSharp.dll"

using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

Fgsm.LibTorch.Require();
