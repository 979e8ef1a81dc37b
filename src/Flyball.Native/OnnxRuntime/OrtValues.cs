using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Flyball.Native.OnnxRuntime;

/// <summary>
/// Carries values over to ONNX Runtime and back. Texts go by length in both directions, so that a NUL in them is a character like any other.
/// Everything that is made is owned by a handle before the next call can fail.
/// </summary>
internal sealed unsafe class OrtValues(OrtApi api)
{
    /// <summary>Sequences of maps are two deep; what goes deeper is no model's answer.</summary>
    private const int MaxDepth = 4;

    /// <summary>More elements than memory should be asked for by an answer.</summary>
    private const long MaxElements = 1L << 28;

    public OrtHandle ToNative(RuntimeTensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        nint made;
        fixed (long* dimensions = shape)
        {
            api.Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, int, nint*, nint>)api.Slot(OrtSlots.CreateTensorAsOrtValue))(
                api.DefaultAllocator, dimensions, (nuint)shape.Length, (int)tensor.ElementType, &made));
        }

        var handle = new OrtHandle(made, api.Slot(OrtSlots.ReleaseValue));
        try
        {
            if (tensor.Array is string[] texts)
            {
                FillTexts(made, texts);
            }
            else
            {
                Bytes(tensor.Array, tensor.ElementType).CopyTo(new Span<byte>(MemoryOf(made), checked(tensor.Count * ElementTypes.WidthOf(tensor.ElementType))));
            }

            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public RuntimeValue ToManaged(OrtHandle value, string name) => ToManaged(value, name, 0);

    private RuntimeValue ToManaged(OrtHandle value, string name, int depth)
    {
        var at = value.DangerousGetHandle();
        OnnxValueKind kind;
        api.Check(((delegate* unmanaged[Cdecl]<nint, OnnxValueKind*, nint>)api.Slot(OrtSlots.GetValueType))(at, &kind));
        if (depth > MaxDepth)
        {
            throw new OnnxRuntimeException($"The output {name} holds values inside values beyond {MaxDepth} levels.");
        }

        RuntimeValue made = kind switch
        {
            OnnxValueKind.Tensor => Tensor(at, name),
            OnnxValueKind.Sequence => Sequence(value, name, depth),
            OnnxValueKind.Map => Map(value, name, depth),
            _ => throw new OnnxRuntimeException($"The output {name} is a value of the kind {kind}; tensors, sequences and maps are read."),
        };
        GC.KeepAlive(value);
        return made;
    }

    private RuntimeSequence Sequence(OrtHandle value, string name, int depth)
    {
        nuint count;
        api.Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api.Slot(OrtSlots.GetValueCount))(value.DangerousGetHandle(), &count));
        var items = new RuntimeValue[checked((int)count)];
        for (var i = 0; i < items.Length; i++)
        {
            using var item = Item(value, i);
            items[i] = ToManaged(item, name, depth + 1);
        }

        return new RuntimeSequence(items);
    }

    private RuntimeMap Map(OrtHandle value, string name, int depth)
    {
        using var keys = Item(value, 0);
        using var values = Item(value, 1);
        return ToManaged(keys, name, depth + 1) is RuntimeTensor named && ToManaged(values, name, depth + 1) is RuntimeTensor given && named.Count == given.Count
            ? new RuntimeMap(named, given)
            : throw new OnnxRuntimeException($"The output {name} is a map of which keys and values do not go together.");
    }

    private OrtHandle Item(OrtHandle value, int index)
    {
        nint item;
        api.Check(((delegate* unmanaged[Cdecl]<nint, int, nint, nint*, nint>)api.Slot(OrtSlots.GetValue))(value.DangerousGetHandle(), index, api.DefaultAllocator, &item));
        return new OrtHandle(item, api.Slot(OrtSlots.ReleaseValue));
    }

    private RuntimeTensor Tensor(nint value, string name)
    {
        nint described;
        api.Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)api.Slot(OrtSlots.GetTensorTypeAndShape))(value, &described));
        using var owned = new OrtHandle(described, api.Slot(OrtSlots.ReleaseTensorTypeAndShapeInfo));
        var (type, shape) = api.ShapeOf(described);
        var elements = RuntimeTensor.ElementsOf(shape);
        if (elements > MaxElements)
        {
            throw new OnnxRuntimeException(string.Create(CultureInfo.InvariantCulture, $"The output {name} has {elements} values; {MaxElements} are read."));
        }

        var array = ElementTypes.NewArray(type, (int)elements) ?? throw new OnnxRuntimeException($"The output {name} is a tensor of {type}, which is not read.");
        if (array is string[] texts)
        {
            ReadTexts(value, texts);
        }
        else if (array.Length > 0)
        {
            new ReadOnlySpan<byte>(MemoryOf(value), checked(array.Length * ElementTypes.WidthOf(type))).CopyTo(Bytes(array, type));
        }

        return new RuntimeTensor(type, array, shape);
    }

    private byte* MemoryOf(nint tensor)
    {
        byte* memory;
        api.Check(((delegate* unmanaged[Cdecl]<nint, byte**, nint>)api.Slot(OrtSlots.GetTensorMutableData))(tensor, &memory));
        return memory;
    }

    private void FillTexts(nint tensor, string[] texts)
    {
        var resize = (delegate* unmanaged[Cdecl]<nint, nuint, nuint, byte**, nint>)api.Slot(OrtSlots.GetResizedStringTensorElementBuffer);
        for (var i = 0; i < texts.Length; i++)
        {
            var length = Encoding.UTF8.GetByteCount(texts[i]);
            byte* buffer;
            api.Check(resize(tensor, (nuint)i, (nuint)length, &buffer));
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(buffer, length));
        }
    }

    private void ReadTexts(nint tensor, string[] texts)
    {
        if (texts.Length == 0)
        {
            return;
        }

        nuint length;
        api.Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api.Slot(OrtSlots.GetStringTensorDataLength))(tensor, &length));
        var bytes = new byte[checked((int)length)];
        var starts = new nuint[texts.Length];
        fixed (byte* content = bytes)
        fixed (nuint* offsets = starts)
        {
            api.Check(((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint*, nuint, nint>)api.Slot(OrtSlots.GetStringTensorContent))(tensor, content, length, offsets, (nuint)starts.Length));
        }

        for (var i = 0; i < texts.Length; i++)
        {
            var end = i + 1 < texts.Length ? (int)starts[i + 1] : bytes.Length;
            texts[i] = Encoding.UTF8.GetString(bytes, (int)starts[i], end - (int)starts[i]);
        }
    }

    /// <summary>The memory of an array of numbers or flags.</summary>
    private static Span<byte> Bytes(Array array, OnnxElementType type) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked(array.Length * ElementTypes.WidthOf(type)));
}
