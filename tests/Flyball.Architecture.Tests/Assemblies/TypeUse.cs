namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>A type that another one names in a signature, an attribute or a method body.</summary>
/// <param name="Assembly">The simple name of the assembly that defines it.</param>
/// <param name="Namespace">Of its outermost type.</param>
/// <param name="Name">Full metadata name, nested types joined with '+'.</param>
internal sealed record TypeUse(string Assembly, string Namespace, string Name);
