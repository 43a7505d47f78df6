using System.Runtime.CompilerServices;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>A test that takes minutes: CI runs it.</summary>
public sealed class CiTheoryAttribute([CallerMemberName] string test = "") : ReasonedTheoryAttribute(
    Environment.GetEnvironmentVariable("CI") == "true" ? null : "Trains models for minutes; set CI=true to run it.", test);
