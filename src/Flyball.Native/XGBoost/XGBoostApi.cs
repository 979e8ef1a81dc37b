using System.Runtime.InteropServices;

using Flyball.Native.Loading;

using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.XGBoost;

/// <summary>The functions of <c>xgboost/c_api.h</c> that we call. 0 is success; the last error belongs to the calling thread.</summary>
internal static unsafe partial class XGBoostApi
{
    private const string Library = NativeLibraries.XGBoost;

    public static void Require() => NativeLibraries.Require(Library);

    public static void Check(int result)
    {
        if (result != 0)
        {
            throw new XGBoostException(Marshal.PtrToStringUTF8(LastError())?.Trim() ?? "XGBoost gave no reason.");
        }
    }

    [LibraryImport(Library, EntryPoint = "XGBGetLastError")]
    private static partial nint LastError();

    [LibraryImport(Library, EntryPoint = "XGBoostVersion")]
    public static partial void Version(out int major, out int minor, out int patch);

    [LibraryImport(Library, EntryPoint = "XGDMatrixCreateFromMat")]
    public static partial int MatrixFromDense(float* values, ulong rows, ulong columns, float missing, out XGBoostMatrixHandle matrix);

    [LibraryImport(Library, EntryPoint = "XGDMatrixSetUIntInfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MatrixSetWholes(XGBoostMatrixHandle matrix, string field, uint* values, ulong count);

    [LibraryImport(Library, EntryPoint = "XGDMatrixSetFloatInfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MatrixSetFloats(XGBoostMatrixHandle matrix, string field, float* values, ulong count);

    [LibraryImport(Library, EntryPoint = "XGDMatrixSetStrFeatureInfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MatrixSetTexts(XGBoostMatrixHandle matrix, string field, string[] values, ulong count);

    [LibraryImport(Library, EntryPoint = "XGDMatrixFree")]
    public static partial int MatrixFree(nint matrix);

    [LibraryImport(Library, EntryPoint = "XGBoosterCreate")]
    public static partial int BoosterCreate(nint* matrices, ulong count, out XGBoostBoosterHandle booster);

    [LibraryImport(Library, EntryPoint = "XGBoosterFree")]
    public static partial int BoosterFree(nint booster);

    [LibraryImport(Library, EntryPoint = "XGBoosterSetParam", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterSet(XGBoostBoosterHandle booster, string name, string value);

    [LibraryImport(Library, EntryPoint = "XGBoosterSetStrFeatureInfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterSetTexts(XGBoostBoosterHandle booster, string field, string[] values, ulong count);

    [LibraryImport(Library, EntryPoint = "XGBoosterGetStrFeatureInfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterGetTexts(XGBoostBoosterHandle booster, string field, out ulong count, out nint* values);

    [LibraryImport(Library, EntryPoint = "XGBoosterUpdateOneIter")]
    public static partial int BoosterUpdate(XGBoostBoosterHandle booster, int round, XGBoostMatrixHandle train);

    [LibraryImport(Library, EntryPoint = "XGBoosterEvalOneIter", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterEvaluate(XGBoostBoosterHandle booster, int round, nint* matrices, string[] names, ulong count, out nint text);

    [LibraryImport(Library, EntryPoint = "XGBoosterPredictFromDMatrix", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterPredict(
        XGBoostBoosterHandle booster,
        XGBoostMatrixHandle matrix,
        string configuration,
        out ulong* shape,
        out ulong rank,
        out float* values);

    [LibraryImport(Library, EntryPoint = "XGBoosterSaveModelToBuffer", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterSave(XGBoostBoosterHandle booster, string configuration, out ulong length, out byte* bytes);

    [LibraryImport(Library, EntryPoint = "XGBoosterLoadModelFromBuffer")]
    public static partial int BoosterLoad(XGBoostBoosterHandle booster, byte* bytes, ulong length);
}

internal sealed class XGBoostMatrixHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle() => XGBoostApi.MatrixFree(handle) == 0;
}

internal sealed class XGBoostBoosterHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle() => XGBoostApi.BoosterFree(handle) == 0;
}
