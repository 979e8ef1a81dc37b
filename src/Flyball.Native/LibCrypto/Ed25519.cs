namespace Flyball.Native.LibCrypto;

/// <summary>Ed25519 signatures (RFC 8032), which the framework does not have: pure, without a context.</summary>
/// <remarks>Every member throws <see cref="LibCryptoException"/> when OpenSSL 3 is absent. Safe from any thread.</remarks>
public static class Ed25519
{
    /// <summary>Bytes of a seed, which is the private key, and of a public key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureBytes = 64;

    private const int KeyType = 1087;

    /// <summary>The public key of a seed, 32 bytes.</summary>
    /// <param name="seed">Exactly 32 secret bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        using var key = CryptoLibrary.Instance.PrivateKey(KeyType, Exactly(seed, KeyBytes, nameof(seed)));
        var result = new byte[KeyBytes];
        CryptoLibrary.Instance.ReadPublicKey(key, result);
        return result;
    }

    /// <summary>Signs the message itself, not a hash of it. Deterministic; 64 bytes.</summary>
    /// <param name="seed">Exactly 32 secret bytes.</param>
    /// <param name="message">Any length.</param>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        using var key = CryptoLibrary.Instance.PrivateKey(KeyType, Exactly(seed, KeyBytes, nameof(seed)));
        var signature = new byte[SignatureBytes];
        CryptoLibrary.Instance.Sign(key, message, signature);
        return signature;
    }

    /// <summary>True when the signature is the key's over this message; false for anything else, a signature or key of another length included.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        using var key = CryptoLibrary.Instance.PublicKey(KeyType, publicKey);
        return key is not null && CryptoLibrary.Instance.Verify(key, message, signature);
    }

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> bytes, int length, string name) =>
        bytes.Length == length ? bytes : throw new ArgumentException($"Expected {length} bytes.", name);
}
