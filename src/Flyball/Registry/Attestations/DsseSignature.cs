namespace Flyball.Registry.Attestations;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">A hint to the key; nothing is decided by it.</param>
/// <param name="Bytes">DER.</param>
public sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Bytes);
