using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Fgsm.Kernel.Scripting;

/// <summary>
/// Finds the file that <c>#r "path"</c> names: beside the script that names it, else in the folder of the notebook that imports the script,
/// which is where .NET Interactive looks.
/// </summary>
internal sealed class NotebookReferences(string directory) : MetadataReferenceResolver
{
    private readonly ScriptMetadataResolver files = ScriptMetadataResolver.Default.WithBaseDirectory(directory);

    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) =>
        files.ResolveReference(reference, baseFilePath, properties) is { IsEmpty: false } found ? found : files.ResolveReference(reference, null, properties);

    public override bool ResolveMissingAssemblies => files.ResolveMissingAssemblies;

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        files.ResolveMissingAssembly(definition, referenceIdentity);

    public override bool Equals(object? other) => other is NotebookReferences && other.GetHashCode() == GetHashCode();

    public override int GetHashCode() => files.GetHashCode();
}
