using System.Runtime.InteropServices;

using Flyball.Native.Loading;

namespace Flyball.Native.OnnxRuntime;

/// <summary>
/// The functions of <c>onnxruntime_c_api.h</c> that we call. The library hands out one table of function pointers whose order never changes;
/// a slot is a function's ordinal in it. A call answers a status, and a null status is success.
/// </summary>
internal sealed unsafe class OrtApi
{
    /// <summary>Every slot below is in this version of the table, and later libraries still serve it.</summary>
    private const uint TableVersion = 17;

    private const int LoggingLevelError = 3;

    private static readonly Lazy<OrtApi> Instance = new(() => new());

    private readonly nint* table;

    private OrtApi()
    {
        var getBase = (delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(NativeLibraries.Handle(NativeLibraries.OnnxRuntime), "OrtGetApiBase");
        var api = getBase();
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)api[1])()) ?? "";
        table = ((delegate* unmanaged[Cdecl]<uint, nint*>)api[0])(TableVersion);
        if (table is null)
        {
            throw new OnnxRuntimeException($"ONNX Runtime {Version} is too old: it has no version {TableVersion} of its C interface.");
        }

        fixed (byte* name = "flyball\0"u8)
        {
            nint env;
            Check(((delegate* unmanaged[Cdecl]<int, byte*, nint*, nint>)table[3])(LoggingLevelError, name, &env));
            Environment = env;
        }

        nint allocator;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)table[78])(&allocator));
        DefaultAllocator = allocator;

        // A device allocator (0) with the default kind of memory (0): plain memory of ours.
        nint memory;
        Check(((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)table[69])(0, 0, &memory));
        CpuMemory = memory;
        Run = (delegate* unmanaged[Cdecl]<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)table[9];
    }

    /// <summary>The loaded library. Loads it at the first call and throws what is wrong at every one.</summary>
    public static OrtApi Loaded => Instance.Value;

    public string Version { get; }

    /// <summary>One a process, as the library wants it; never released.</summary>
    public nint Environment { get; }

    public nint DefaultAllocator { get; }

    public nint CpuMemory { get; }

    /// <summary>session, run options, input names, inputs, count, output names, count, outputs.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint> Run { get; }

    public void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint, nint>)table[2])(status)) ?? "";
        ((delegate* unmanaged[Cdecl]<nint, void>)table[93])(status);
        throw new OnnxRuntimeException(message);
    }

    public OrtHandle CreateOptions(OnnxSessionOptions options)
    {
        nint made;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)table[10])(&made));
        var handle = new OrtHandle(made, table[100]);
        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[24])(made, options.IntraOpThreads));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[25])(made, options.InterOpThreads));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[13])(made, 0));
            if (!options.Arena)
            {
                Check(((delegate* unmanaged[Cdecl]<nint, nint>)table[19])(made));
            }

            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public OrtHandle CreateSession(ReadOnlySpan<byte> model, OrtHandle options)
    {
        nint made;
        fixed (byte* bytes = model)
        {
            var create = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, nint*, nint>)table[8];
            Check(create(Environment, bytes, (nuint)model.Length, options.DangerousGetHandle(), &made));
        }

        GC.KeepAlive(options);
        return new(made, table[95]);
    }

    public IReadOnlyList<OnnxTensorInfo> Describe(OrtHandle session, bool inputs)
    {
        var at = session.DangerousGetHandle();
        nuint count;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)table[inputs ? 30 : 31])(at, &count));
        var infos = new OnnxTensorInfo[count];
        for (nuint i = 0; i < count; i++)
        {
            nint type;
            Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)table[inputs ? OrtSlots.SessionGetInputTypeInfo : OrtSlots.SessionGetOutputTypeInfo])(at, i, &type));
            using var owned = new OrtHandle(type, table[OrtSlots.ReleaseTypeInfo]);
            infos[i] = new OrtTypes(this).Describe(NameOf(at, i, inputs), type);
        }

        GC.KeepAlive(session);
        return infos;
    }

    /// <summary>A tensor over memory that the caller owns and keeps in place for as long as the tensor lives.</summary>
    public OrtHandle CreateTensor(float* memory, nuint elements, ReadOnlySpan<long> shape)
    {
        nint made;
        fixed (long* dimensions = shape)
        {
            var create = (delegate* unmanaged[Cdecl]<nint, float*, nuint, long*, nuint, int, nint*, nint>)table[49];
            Check(create(CpuMemory, memory, elements * sizeof(float), dimensions, (nuint)shape.Length, (int)OnnxElementType.Float, &made));
        }

        return new(made, table[96]);
    }

    private string NameOf(nint session, nuint index, bool input)
    {
        nint name;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint, nint*, nint>)table[input ? 36 : 37])(session, index, DefaultAllocator, &name));
        var text = Marshal.PtrToStringUTF8(name) ?? "";
        Check(((delegate* unmanaged[Cdecl]<nint, nint, nint>)table[76])(DefaultAllocator, name));
        return text;
    }

    /// <summary>A function of the table, to be cast to its signature.</summary>
    public nint Slot(int ordinal) => table[ordinal];

    /// <summary>Element type and shape of a tensor's description; -1 where a dimension is open.</summary>
    public (OnnxElementType Element, IReadOnlyList<long> Shape) ShapeOf(nint described)
    {
        OnnxElementType element;
        Check(((delegate* unmanaged[Cdecl]<nint, OnnxElementType*, nint>)table[OrtSlots.GetTensorElementType])(described, &element));
        nuint rank;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)table[OrtSlots.GetDimensionsCount])(described, &rank));
        var dimensions = new long[rank];
        fixed (long* all = dimensions)
        {
            Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)table[OrtSlots.GetDimensions])(described, all, rank));
        }

        return (element, dimensions);
    }
}
