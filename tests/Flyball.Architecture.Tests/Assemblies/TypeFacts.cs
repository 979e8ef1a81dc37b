namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>What one type outside every other says and uses; types nested in it, written or generated, are counted in.</summary>
internal sealed class TypeFacts(string @namespace, string name)
{
    public string Namespace { get; } = @namespace;

    public string Name { get; } = name;

    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";

    public HashSet<TypeUse> Uses { get; } = [];

    /// <summary>Members called or touched, as documentation ids without generic arguments: <c>M:System.Guid.NewGuid</c>.</summary>
    public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Functions of native libraries that it declares.</summary>
    public HashSet<string> NativeFunctions { get; } = new(StringComparer.Ordinal);

    /// <summary>Written by the compiler or a source generator, in a namespace of theirs.</summary>
    public bool IsGenerated { get; set; }
}
