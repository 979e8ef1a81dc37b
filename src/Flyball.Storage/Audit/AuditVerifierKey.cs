using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Storage.Audit;

/// <summary>The public half of an audit key: all that checking a log needs besides its files.</summary>
public sealed class AuditVerifierKey
{
    private readonly byte[] publicKey;

    internal AuditVerifierKey(string name, byte[] publicKey)
    {
        Name = name;
        this.publicKey = publicKey;
        KeyId = SignedNote.KeyId(name, publicKey);
    }

    /// <summary>The log's origin.</summary>
    public string Name { get; }

    /// <summary>Identifies the key beside its name in a signature.</summary>
    public uint KeyId { get; }

    internal ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>Reads the text form of C2SP: name, key id in hex, and base64 of type and key, joined by plus signs.</summary>
    /// <exception cref="FlyballException">FLY2032: this is no such key.</exception>
    public static AuditVerifierKey Parse(string vkey)
    {
        var parts = vkey.Trim().Split('+', 3);
        if (parts.Length == 3
            && parts[0].Length > 0
            && !parts[0].Any(char.IsWhiteSpace)
            && uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            && SignedNote.TryBase64(parts[2], out var bytes)
            && bytes is [SignedNote.Ed25519Type, .. { Length: 32 } key]
            && new AuditVerifierKey(parts[0], key) is var made
            && made.KeyId == id)
        {
            return made;
        }

        throw new FlyballException(new Problem("FLY2032", "This is no Ed25519 verifier key.", Remedy: "Expected name+hash+base64, as in audit.vkey."));
    }

    /// <summary>The text form that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([SignedNote.Ed25519Type, .. publicKey])}");
}
