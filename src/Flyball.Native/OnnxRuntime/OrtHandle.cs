using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.OnnxRuntime;

/// <summary>An object of ONNX Runtime's together with the function that releases it.</summary>
internal sealed unsafe class OrtHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nint release;

    public OrtHandle(nint made, nint release)
        : base(true)
    {
        this.release = release;
        SetHandle(made);
    }

    protected override bool ReleaseHandle()
    {
        ((delegate* unmanaged[Cdecl]<nint, void>)release)(handle);
        return true;
    }
}
