using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>Collects what types use: signatures, bases, attributes, and the tokens in the IL of their methods.</summary>
internal sealed class UseReader(PEReader image, MetadataReader metadata, string assembly)
{
    private TypeFacts _into = new("", "");

    private SignatureNames Names => new(assembly, use => _into.Uses.Add(use));

    public void Collect(TypeDefinitionHandle handle, TypeFacts into)
    {
        _into = into;
        var type = metadata.GetTypeDefinition(handle);
        Name(type.BaseType);
        Attributes(type.GetCustomAttributes());
        Constraints(type.GetGenericParameters());
        foreach (var implementation in type.GetInterfaceImplementations())
        {
            Name(metadata.GetInterfaceImplementation(implementation).Interface);
        }

        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            field.DecodeSignature(Names, null);
            Attributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(metadata.GetPropertyDefinition))
        {
            Attributes(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
        {
            Method(method);
        }
    }

    public IEnumerable<string> AttributesOf(CustomAttributeHandleCollection attributes)
    {
        SignatureNames names = new(assembly, static _ => { });
        return attributes.Select(a => metadata.GetCustomAttribute(a).Constructor).Select(c => NameOf(DeclaringType(c), names));
    }

    private void Method(MethodDefinition method)
    {
        method.DecodeSignature(Names, null);
        Attributes(method.GetCustomAttributes());
        Constraints(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters())
        {
            Attributes(metadata.GetParameter(parameter).GetCustomAttributes());
        }

        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        {
            _into.NativeFunctions.Add(metadata.GetString(method.Name));
        }

        if (method.RelativeVirtualAddress != 0)
        {
            Body(image.GetMethodBody(method.RelativeVirtualAddress));
        }
    }

    private void Body(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(Names, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Name(region.CatchType);
        }

        foreach (var token in InstructionTokens.Read(body.GetILReader()))
        {
            Token(MetadataTokens.EntityHandle(token));
        }
    }

    private void Token(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification:
                Name(handle);
                break;
            case HandleKind.MethodSpecification:
                var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                specification.DecodeSignature(Names, null);
                Token(specification.Method);
                break;
            case HandleKind.MemberReference:
                Member(metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodDefinition or HandleKind.FieldDefinition:
                Name(DeclaringType(handle));
                break;
            default:
                break;
        }
    }

    private void Member(MemberReference member)
    {
        var type = Name(member.Parent);
        if (type is null)
        {
            return;
        }

        var name = metadata.GetString(member.Name);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            member.DecodeFieldSignature(Names, null);
            _into.Members.Add($"F:{Open(member.Parent)}.{name}");
            return;
        }

        var signature = member.DecodeMethodSignature(Names, null);
        var owner = Open(member.Parent);
        if (name.StartsWith("get_", StringComparison.Ordinal) && signature.ParameterTypes.IsEmpty)
        {
            _into.Members.Add($"P:{owner}.{name[4..]}");
            return;
        }

        var parameters = signature.ParameterTypes.IsEmpty ? "" : $"({string.Join(',', signature.ParameterTypes)})";
        var arity = signature.GenericParameterCount == 0 ? "" : "``" + signature.GenericParameterCount;
        _into.Members.Add($"M:{owner}.{name.Replace('.', '#')}{arity}{parameters}");
    }

    // A documentation id names the generic type itself, with its arity, whatever it is closed over.
    private string Open(EntityHandle parent)
    {
        List<TypeUse> met = [];
        var name = NameOf(parent, new SignatureNames(assembly, met.Add));
        return parent.Kind == HandleKind.TypeSpecification && met.Count > 0 ? met[0].Name : name;
    }

    private void Attributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
        {
            Token(metadata.GetCustomAttribute(attribute).Constructor);
        }
    }

    private void Constraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(p => metadata.GetGenericParameter(p).GetConstraints()))
        {
            Name(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private EntityHandle DeclaringType(EntityHandle member) => member.Kind switch
    {
        HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)member).GetDeclaringType(),
        HandleKind.FieldDefinition => metadata.GetFieldDefinition((FieldDefinitionHandle)member).GetDeclaringType(),
        HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)member).Parent,
        _ => default,
    };

    private string? Name(EntityHandle type) => type.IsNil ? null : NameOf(type, Names);

    private string NameOf(EntityHandle type, SignatureNames names) => type.Kind switch
    {
        HandleKind.TypeDefinition => names.GetTypeFromDefinition(metadata, (TypeDefinitionHandle)type, 0),
        HandleKind.TypeReference => names.GetTypeFromReference(metadata, (TypeReferenceHandle)type, 0),
        HandleKind.TypeSpecification => names.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)type, 0),
        _ => "",
    };
}
