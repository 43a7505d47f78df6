using System.Runtime.CompilerServices;

namespace Fgsm.Tests;

// The tests are those of the embedded engine; in this namespace their [Fact] and [Theory] are these.

/// <summary>Skipped where libtorch cannot be loaded; with CI=true it runs, and so fails.</summary>
public sealed class FactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Engine.Problem, test);

/// <inheritdoc cref="FactAttribute"/>
public sealed class TheoryAttribute([CallerMemberName] string test = "") : ReasonedTheoryAttribute(Engine.Problem, test);
