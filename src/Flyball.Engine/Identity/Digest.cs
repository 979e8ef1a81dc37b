using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Flyball.Engine.Identity;

/// <summary>SHA-256 of some bytes, as 64 lower-case hex digits: the name of everything that is identified by content.</summary>
public readonly record struct Digest
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? hex;

    private Digest(string hex) => this.hex = hex;

    /// <summary>64 lower-case hex digits.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("This digest was never computed.");

    /// <summary>The first 12 hex digits, for people. Never use it as a key.</summary>
    public string Short => Hex[..12];

    public bool IsNone => hex is null;

    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromBytes(hash);
    }

    public static Digest Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads the stream to its end. Cost: one pass.</summary>
    public static Digest Of(Stream stream) => FromBytes(SHA256.HashData(stream));

    /// <param name="hash">Exactly 32 bytes.</param>
    public static Digest FromBytes(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException("A SHA-256 hash has 32 bytes.", nameof(hash));
        }

        return new(Convert.ToHexStringLower(hash));
    }

    /// <summary>Accepts exactly 64 lower-case hex digits and nothing else: a digest in a URL is never a path.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        var good = text is { Length: 64 } && text.AsSpan().IndexOfAnyExcept(HexDigits) < 0;
        digest = good ? new Digest(text!) : default;
        return good;
    }

    public byte[] ToBytes() => Convert.FromHexString(Hex);

    public override string ToString() => hex ?? "none";
}
