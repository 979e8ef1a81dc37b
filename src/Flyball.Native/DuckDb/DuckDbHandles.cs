using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.DuckDb;

/// <summary>Layout of <c>duckdb_result</c>: five deprecated words and one private pointer, passed by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DuckDbResultStruct
{
#pragma warning disable CS0169, IDE0051, CA1823, S1144, RCS1213 // DuckDB reads and writes these.
    private readonly ulong columns, rows, changed;
    private readonly nint values, error, state;
#pragma warning restore CS0169, IDE0051, CA1823, S1144, RCS1213
}

internal sealed class DuckDbDatabaseHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.Close(ref handle);
        return true;
    }
}

internal sealed class DuckDbConnectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.Disconnect(ref handle);
        return true;
    }
}

internal sealed class DuckDbStatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.DestroyPrepare(ref handle);
        return true;
    }
}

internal sealed class DuckDbChunkHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbApi.DestroyChunk(ref handle);
        return true;
    }
}

internal sealed class DuckDbAppenderHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle() => DuckDbApi.DestroyAppender(ref handle) == 0;
}

/// <summary>Owns the memory of one <c>duckdb_result</c>; destroying it is right whether or not a query filled it.</summary>
internal sealed unsafe class DuckDbResultHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DuckDbResultHandle()
        : base(true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(DuckDbResultStruct)));

    /// <summary>The value that C functions take by copy. The caller keeps this handle alive meanwhile.</summary>
    public DuckDbResultStruct Value => *(DuckDbResultStruct*)handle;

    protected override bool ReleaseHandle()
    {
        DuckDbApi.DestroyResult(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
