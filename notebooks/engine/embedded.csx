// The embedded engine: the same bits on every machine. "dotnet build -c Release lib/Fgsm" makes it.
#r "../lib/Fgsm/bin/Release/net10.0/Fgsm.Tensors.dll"
#r "../lib/Fgsm/bin/Release/net10.0/Fgsm.dll"

using Fgsm.Tensors;
using static Fgsm.Tensors.torch;
