using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>Names types as documentation ids do (<c>System.Func{System.Int32}</c>, <c>System.Double@</c>) and notes each one met.</summary>
internal sealed class SignatureNames(string assembly, Action<TypeUse> met) : ISignatureTypeProvider<string, object?>
{
    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        var definition = reader.GetTypeDefinition(handle);
        var name = reader.GetString(definition.Name);
        var @namespace = reader.GetString(definition.Namespace);
        for (var outer = definition.GetDeclaringType(); !outer.IsNil; outer = definition.GetDeclaringType())
        {
            definition = reader.GetTypeDefinition(outer);
            name = $"{reader.GetString(definition.Name)}+{name}";
            @namespace = reader.GetString(definition.Namespace);
        }

        return Note(assembly, @namespace, name);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var reference = reader.GetTypeReference(handle);
        var name = reader.GetString(reference.Name);
        while (reference.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            reference = reader.GetTypeReference((TypeReferenceHandle)reference.ResolutionScope);
            name = $"{reader.GetString(reference.Name)}+{name}";
        }

        var home = reference.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name)
            : assembly;
        return Note(home, reader.GetString(reference.Namespace), name);
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
        $"{genericType.Split('`')[0]}{{{string.Join(',', typeArguments)}}}";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetByReferenceType(string elementType) => elementType + "@";

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetGenericMethodParameter(object? genericContext, int index) => "``" + index;

    public string GetGenericTypeParameter(object? genericContext, int index) => "`" + index;

    public string GetFunctionPointerType(MethodSignature<string> signature) => "function";

    private string Note(string home, string @namespace, string name)
    {
        var full = @namespace.Length == 0 ? name : $"{@namespace}.{name}";
        met(new TypeUse(home, @namespace, full));
        return full;
    }
}
