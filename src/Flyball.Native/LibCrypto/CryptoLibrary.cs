using System.Runtime.InteropServices;

namespace Flyball.Native.LibCrypto;

/// <summary>The calls of OpenSSL's libcrypto that Ed25519 needs, bound when first used.</summary>
internal sealed unsafe class CryptoLibrary
{
    private static readonly string[] Names = ["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll"];
    private static readonly Lazy<CryptoLibrary> Loaded = new(() => Load(Names));

    private readonly delegate* unmanaged<int, void*, byte*, nuint, nint> newPrivateKey;
    private readonly delegate* unmanaged<int, void*, byte*, nuint, nint> newPublicKey;
    private readonly delegate* unmanaged<nint, byte*, nuint*, int> getPublicKey;
    private readonly delegate* unmanaged<nint, void> freeKey;
    private readonly delegate* unmanaged<nint> newContext;
    private readonly delegate* unmanaged<nint, void> freeContext;
    private readonly delegate* unmanaged<nint, void*, void*, void*, nint, int> signInit;
    private readonly delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int> sign;
    private readonly delegate* unmanaged<nint, void*, void*, void*, nint, int> verifyInit;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int> verify;
    private readonly delegate* unmanaged<void> clearErrors;

    private CryptoLibrary(nint library)
    {
        newPrivateKey = (delegate* unmanaged<int, void*, byte*, nuint, nint>)Export("EVP_PKEY_new_raw_private_key");
        newPublicKey = (delegate* unmanaged<int, void*, byte*, nuint, nint>)Export("EVP_PKEY_new_raw_public_key");
        getPublicKey = (delegate* unmanaged<nint, byte*, nuint*, int>)Export("EVP_PKEY_get_raw_public_key");
        freeKey = (delegate* unmanaged<nint, void>)Export("EVP_PKEY_free");
        newContext = (delegate* unmanaged<nint>)Export("EVP_MD_CTX_new");
        freeContext = (delegate* unmanaged<nint, void>)Export("EVP_MD_CTX_free");
        signInit = (delegate* unmanaged<nint, void*, void*, void*, nint, int>)Export("EVP_DigestSignInit");
        sign = (delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int>)Export("EVP_DigestSign");
        verifyInit = (delegate* unmanaged<nint, void*, void*, void*, nint, int>)Export("EVP_DigestVerifyInit");
        verify = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int>)Export("EVP_DigestVerify");
        clearErrors = (delegate* unmanaged<void>)Export("ERR_clear_error");

        nint Export(string name) =>
            NativeLibrary.TryGetExport(library, name, out var address)
                ? address
                : throw new LibCryptoException($"The libcrypto that was found has no '{name}': OpenSSL 3 is needed.");
    }

    internal static CryptoLibrary Instance => Loaded.Value;

    internal static CryptoLibrary Load(IReadOnlyList<string> names)
    {
        // The framework's own use of the library comes first: it asks that nothing of it be torn down while the process ends,
        // which would be under the feet of threads that still hash.
        _ = System.Security.Cryptography.SHA256.HashData([]);
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new CryptoLibrary(library);
            }
        }

        throw new LibCryptoException(
            $"OpenSSL 3's libcrypto was not found (tried {string.Join(", ", names)}). Install it: on Debian and Ubuntu the package is libssl3.");
    }

    internal KeyHandle PrivateKey(int type, ReadOnlySpan<byte> seed)
    {
        fixed (byte* bytes = seed)
        {
            return Checked(new KeyHandle(this, newPrivateKey(type, null, bytes, (nuint)seed.Length)), "EVP_PKEY_new_raw_private_key");
        }
    }

    /// <summary>Null when the bytes are no key of this type.</summary>
    internal KeyHandle? PublicKey(int type, ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = key)
        {
            var made = newPublicKey(type, null, bytes, (nuint)key.Length);
            if (made == 0)
            {
                clearErrors();
                return null;
            }

            return new KeyHandle(this, made);
        }
    }

    internal void ReadPublicKey(KeyHandle key, Span<byte> into)
    {
        var length = (nuint)into.Length;
        fixed (byte* bytes = into)
        {
            Check(getPublicKey(key.DangerousGetHandle(), bytes, &length), "EVP_PKEY_get_raw_public_key");
        }
    }

    internal void Sign(KeyHandle key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        using var context = Checked(new ContextHandle(this, newContext()), "EVP_MD_CTX_new");
        Check(signInit(context.DangerousGetHandle(), null, null, null, key.DangerousGetHandle()), "EVP_DigestSignInit");
        var length = (nuint)signature.Length;
        fixed (byte* into = signature, text = message)
        {
            Check(sign(context.DangerousGetHandle(), into, &length, text, (nuint)message.Length), "EVP_DigestSign");
        }
    }

    internal bool Verify(KeyHandle key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var context = Checked(new ContextHandle(this, newContext()), "EVP_MD_CTX_new");
        Check(verifyInit(context.DangerousGetHandle(), null, null, null, key.DangerousGetHandle()), "EVP_DigestVerifyInit");
        fixed (byte* made = signature, text = message)
        {
            var good = verify(context.DangerousGetHandle(), made, (nuint)signature.Length, text, (nuint)message.Length) == 1;
            if (!good)
            {
                // A refusal leaves its reason in the thread's queue, where the next caller would mistake it for its own.
                clearErrors();
            }

            return good;
        }
    }

    internal void FreeKey(nint key) => freeKey(key);

    internal void FreeContext(nint context) => freeContext(context);

    private static T Checked<T>(T handle, string call)
        where T : SafeHandle
    {
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new LibCryptoException($"libcrypto refused {call}.");
        }

        return handle;
    }

    private static void Check(int result, string call)
    {
        if (result != 1)
        {
            throw new LibCryptoException($"libcrypto refused {call}.");
        }
    }
}
