using System.Runtime.InteropServices;

namespace Flyball.Native.LibCrypto;

/// <summary>Owns an <c>EVP_PKEY</c>.</summary>
internal sealed class KeyHandle(CryptoLibrary library, nint key) : SafeHandle(key, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        library.FreeKey(handle);
        return true;
    }
}
