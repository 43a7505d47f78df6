using System.Runtime.CompilerServices;

namespace Fgsm.Tests;

/// <summary>A test that needs MNIST.</summary>
public sealed class MnistFactAttribute([CallerMemberName] string test = "") : DataFactAttribute("MNIST", test);
