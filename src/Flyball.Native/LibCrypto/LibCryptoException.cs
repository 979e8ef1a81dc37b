namespace Flyball.Native.LibCrypto;

/// <summary>OpenSSL's library is absent, or it refused a call.</summary>
public sealed class LibCryptoException(string message, Exception? inner = null) : Exception(message, inner);
