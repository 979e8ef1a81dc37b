using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flyball.Native.LibCrypto;

namespace Flyball.Storage.Audit;

/// <summary>C2SP signed-note with Ed25519 keys (type 0x01): a text, a blank line, and a line for each signature.</summary>
internal static class SignedNote
{
    internal const byte Ed25519Type = 1;
    private const string Mark = "\u2014 ";
    private const int KeyIdBytes = 4;

    /// <summary>The first four bytes of SHA-256(name, newline, type, public key).</summary>
    internal static uint KeyId(string name, ReadOnlySpan<byte> publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey]));

    /// <summary>The note over a text that ends with a newline, with one signature.</summary>
    internal static string Sign(string text, string name, ReadOnlySpan<byte> seed)
    {
        var bytes = new byte[KeyIdBytes + Ed25519.SignatureBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId(name, Ed25519.PublicKey(seed)));
        Ed25519.Sign(seed, Encoding.UTF8.GetBytes(text)).CopyTo(bytes, KeyIdBytes);
        return $"{text}\n{Mark}{name} {Convert.ToBase64String(bytes)}\n";
    }

    /// <summary>The text when the key signed it; null with the reason otherwise. Other keys' signatures are passed over.</summary>
    internal static string? Open(ReadOnlySpan<byte> note, AuditVerifierKey key, out string defect)
    {
        string all;
        try
        {
            all = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(note);
        }
        catch (DecoderFallbackException)
        {
            defect = "it is not UTF-8.";
            return null;
        }

        var blank = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0 || !all.EndsWith('\n') || all.Any(c => c < ' ' && c != '\n'))
        {
            defect = "it is not a signed note.";
            return null;
        }

        var text = all[..(blank + 1)];
        var good = false;
        foreach (var line in all[(blank + 2)..^1].Split('\n'))
        {
            var parts = line.StartsWith(Mark, StringComparison.Ordinal) ? line[Mark.Length..].Split(' ') : [];
            if (parts.Length != 2 || parts[0].Length == 0 || !TryBase64(parts[1], out var bytes) || bytes.Length <= KeyIdBytes)
            {
                defect = "a signature line is malformed.";
                return null;
            }

            if (parts[0] == key.Name && BinaryPrimitives.ReadUInt32BigEndian(bytes) == key.KeyId)
            {
                if (!Ed25519.Verify(key.PublicKey, Encoding.UTF8.GetBytes(text), bytes.AsSpan(KeyIdBytes)))
                {
                    defect = "its signature does not match its text.";
                    return null;
                }

                good = true;
            }
        }

        defect = good ? "" : $"it carries no signature by {key.Name}.";
        return good ? text : null;
    }

    /// <summary>Only the one encoding of the bytes: a changed padding bit is a changed note.</summary>
    internal static bool TryBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var good = Convert.TryFromBase64String(text, bytes, out var written);
        bytes = bytes[..written];
        return good && Convert.ToBase64String(bytes) == text;
    }
}
