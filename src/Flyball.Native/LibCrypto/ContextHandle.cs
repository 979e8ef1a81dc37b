using System.Runtime.InteropServices;

namespace Flyball.Native.LibCrypto;

/// <summary>Owns an <c>EVP_MD_CTX</c>.</summary>
internal sealed class ContextHandle(CryptoLibrary library, nint context) : SafeHandle(context, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        library.FreeContext(handle);
        return true;
    }
}
