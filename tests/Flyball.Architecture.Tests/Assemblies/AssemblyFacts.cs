using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>A built assembly as the rules see it, read from its metadata and IL without loading it.</summary>
internal sealed class AssemblyFacts
{
    private AssemblyFacts(string name, IReadOnlyList<string> references, IReadOnlyList<TypeFacts> types, bool isUnverifiable)
    {
        Name = name;
        References = references;
        Types = types;
        IsUnverifiable = isUnverifiable;
    }

    public string Name { get; }

    /// <summary>Simple names of the assemblies it was compiled against and uses.</summary>
    public IReadOnlyList<string> References { get; }

    public IReadOnlyList<TypeFacts> Types { get; }

    /// <summary>Compiled with unsafe code allowed.</summary>
    public bool IsUnverifiable { get; }

    /// <summary>The first folder below the assembly's own namespace, or empty for types right in it; null for types elsewhere.</summary>
    public string? FolderOf(string @namespace) =>
        @namespace == Name ? ""
        : @namespace.StartsWith(Name + ".", StringComparison.Ordinal) ? @namespace[(Name.Length + 1)..].Split('.')[0]
        : null;

    public static AssemblyFacts Read(string path)
    {
        using PEReader image = new(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        var name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        UseReader reader = new(image, metadata, name);
        Dictionary<TypeDefinitionHandle, TypeFacts> facts = [];
        foreach (var handle in metadata.TypeDefinitions)
        {
            var outer = handle;
            while (metadata.GetTypeDefinition(outer).GetDeclaringType() is { IsNil: false } declaring)
            {
                outer = declaring;
            }

            if (!facts.TryGetValue(outer, out var type))
            {
                var definition = metadata.GetTypeDefinition(outer);
                type = new TypeFacts(metadata.GetString(definition.Namespace), metadata.GetString(definition.Name));
                var isOurs = type.Namespace == name || type.Namespace.StartsWith(name + ".", StringComparison.Ordinal);
                type.IsGenerated = !isOurs && (type.Name.StartsWith('<') || reader.AttributesOf(definition.GetCustomAttributes())
                    .Any(a => a is "Microsoft.CodeAnalysis.EmbeddedAttribute"
                        or "System.CodeDom.Compiler.GeneratedCodeAttribute"
                        or "System.Runtime.CompilerServices.CompilerGeneratedAttribute"));
                facts.Add(outer, type);
            }

            reader.Collect(handle, type);
        }

        var references = metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name)).ToList();
        var unverifiable = reader.AttributesOf(metadata.GetModuleDefinition().GetCustomAttributes())
            .Contains("System.Security.UnverifiableCodeAttribute");
        return new AssemblyFacts(name, references, [.. facts.Values.Where(t => t.Name != "<Module>")], unverifiable);
    }
}
