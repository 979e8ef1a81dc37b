using System.Runtime.InteropServices;

namespace Flyball.Native.OnnxRuntime;

/// <summary>Reads the type of an input or output: a tensor with its shape, or a sequence or map with what it holds.</summary>
internal sealed unsafe class OrtTypes(OrtApi api)
{
    private const int MaxDepth = 8;

    public OnnxTensorInfo Describe(string name, nint type) => Describe(name, type, 0);

    private OnnxTensorInfo Describe(string name, nint type, int depth)
    {
        OnnxValueKind kind;
        api.Check(((delegate* unmanaged[Cdecl]<nint, OnnxValueKind*, nint>)api.Slot(OrtSlots.GetOnnxTypeFromTypeInfo))(type, &kind));
        if (depth > MaxDepth)
        {
            throw new OnnxRuntimeException($"The type of {name} is nested beyond {MaxDepth} levels.");
        }

        return kind switch
        {
            OnnxValueKind.Tensor => Tensor(name, type),
            OnnxValueKind.Sequence => Sequence(name, type, depth),
            OnnxValueKind.Map => Map(name, type, depth),
            _ => new(name, OnnxElementType.None, []) { Kind = kind },
        };
    }

    private OnnxTensorInfo Tensor(string name, nint type)
    {
        var tensor = Cast(type, OrtSlots.CastTypeInfoToTensorInfo);
        if (tensor == 0)
        {
            return new(name, OnnxElementType.None, []) { Kind = OnnxValueKind.Unknown };
        }

        var (element, shape) = api.ShapeOf(tensor);
        var names = new nint[shape.Count];
        fixed (nint* all = names)
        {
            api.Check(((delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint>)api.Slot(OrtSlots.GetSymbolicDimensions))(tensor, all, (nuint)names.Length));
        }

        // The names belong to the type, which lives until the caller releases it.
        return new(name, element, shape) { Symbols = [.. names.Select(n => Marshal.PtrToStringUTF8(n) ?? "")] };
    }

    private OnnxTensorInfo Sequence(string name, nint type, int depth)
    {
        var sequence = Cast(type, OrtSlots.CastTypeInfoToSequenceTypeInfo);
        return new(name, OnnxElementType.None, []) { Kind = OnnxValueKind.Sequence, Content = sequence == 0 ? null : Inner(sequence, OrtSlots.GetSequenceElementType, depth) };
    }

    private OnnxTensorInfo Map(string name, nint type, int depth)
    {
        var map = Cast(type, OrtSlots.CastTypeInfoToMapTypeInfo);
        var key = OnnxElementType.None;
        if (map != 0)
        {
            api.Check(((delegate* unmanaged[Cdecl]<nint, OnnxElementType*, nint>)api.Slot(OrtSlots.GetMapKeyType))(map, &key));
        }

        return new(name, OnnxElementType.None, []) { Kind = OnnxValueKind.Map, KeyType = key, Content = map == 0 ? null : Inner(map, OrtSlots.GetMapValueType, depth) };
    }

    private OnnxTensorInfo Inner(nint outer, int slot, int depth)
    {
        nint inner;
        api.Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)api.Slot(slot))(outer, &inner));
        using var owned = new OrtHandle(inner, api.Slot(OrtSlots.ReleaseTypeInfo));
        return Describe("", inner, depth + 1);
    }

    /// <summary>The same type seen as one of its kinds; it belongs to the type.</summary>
    private nint Cast(nint type, int slot)
    {
        nint seen;
        api.Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)api.Slot(slot))(type, &seen));
        return seen;
    }
}
