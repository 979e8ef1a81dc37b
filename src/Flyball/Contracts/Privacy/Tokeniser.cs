using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Contracts.Privacy;

/// <summary>
/// Makes tokens: <c>tok_</c> and the first 16 bytes of HMAC-SHA-256 under this installation's key, in base64url. The same value has the same
/// token in every source, so joins work; without the key nobody can try values. Two values share a token with a chance of 2^-128. Thread-safe.
/// </summary>
public sealed class Tokeniser
{
    /// <summary>Length of every token, in characters.</summary>
    public const int TokenLength = 26;

    private const string SecretName = "tokens.key";
    private const string IdName = "tokens.id";
    private const string Prefix = "FLYBALL+TOKENS+1+";
    private const string TokenPrefix = "tok_";
    private const int KeyBytes = 32;
    private const int TokenBytes = 16;
    private const int Usual = 512;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] key;

    internal Tokeniser(byte[] key) => this.key = key;

    /// <summary>
    /// Reads the key of a folder, or makes one, readable by its owner only, and a public file that tells which key it was. Null when no contract
    /// tokenises or drops anything: then there is nothing to keep secret.
    /// </summary>
    /// <param name="contracts">The contracts in force.</param>
    /// <param name="keysDirectory">Where keys lie.</param>
    /// <exception cref="FlyballException">FLY3145: the key is no key, is another one than the tokens were made with, is gone, or others may read it.</exception>
    public static Tokeniser? For(ContractSet contracts, string keysDirectory) =>
        contracts.Plans.Any(p => p.HoldsPersonal) ? LoadOrCreate(keysDirectory) : null;

    /// <summary>See <see cref="For"/>.</summary>
    public static Tokeniser LoadOrCreate(string keysDirectory)
    {
        PosixFile.CreateDirectory(keysDirectory);
        var (file, idFile) = (Path.Combine(keysDirectory, SecretName), Path.Combine(keysDirectory, IdName));
        var known = File.Exists(idFile) ? File.ReadAllText(idFile).Trim() : null;
        if (!File.Exists(file) && known is not null)
        {
            throw Refuse(file, "it is gone, and tokens were made with it.", "Restore it from a backup: under another key no token would meet the stored ones.");
        }

        var tokens = File.Exists(file) ? Load(file) : Create(file);
        var id = tokens.Of("id of the key");
        if (known is null)
        {
            PosixFile.ReplaceFile(idFile, Encoding.UTF8.GetBytes(id + "\n"));
        }
        else if (known != id)
        {
            throw Refuse(file, "it is another key than the stored tokens were made with.", "Restore the first one from a backup.");
        }

        return tokens;
    }

    /// <summary>The token of a text. Cost: about a microsecond.</summary>
    public string Of(ReadOnlySpan<char> text)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = longest > Usual ? ArrayPool<byte>.Shared.Rent(longest) : null;
        Span<byte> bytes = rented ?? stackalloc byte[Usual];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        var token = Of(bytes[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return token;
    }

    /// <summary>The token of bytes; of a text in UTF-8, the text's.</summary>
    public string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes, mac);
        Span<char> token = stackalloc char[TokenLength];
        TokenPrefix.CopyTo(token);
        Base64Url.EncodeToChars(mac[..TokenBytes], token[TokenPrefix.Length..]);
        return new string(token);
    }

    /// <summary>Whether a text has the one form that tokens have. It says nothing about who made it.</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[TokenBytes + 2];
        return text.Length == TokenLength && text.StartsWith(TokenPrefix, StringComparison.Ordinal)
            && Base64Url.IsValid(text[TokenPrefix.Length..], out var length) && length == TokenBytes
            && Base64Url.TryDecodeFromChars(text[TokenPrefix.Length..], bytes, out var written) && written == TokenBytes
            && Base64Url.EncodeToString(bytes[..TokenBytes]).AsSpan().SequenceEqual(text[TokenPrefix.Length..]);
    }

    private static Tokeniser Load(string file)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw Refuse(file, "others than its owner may read it.", "Give it mode 0600.");
        }

        var text = File.ReadAllText(file).Trim();
        var bytes = new byte[KeyBytes];
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) || length != KeyBytes)
        {
            throw Refuse(file, "this is no such key.", "Restore it from a backup.");
        }

        return new Tokeniser(bytes);
    }

    private static Tokeniser Create(string file)
    {
        var bytes = RandomNumberGenerator.GetBytes(KeyBytes);
        PosixFile.ReplaceFile(file, Encoding.UTF8.GetBytes($"{Prefix}{Convert.ToBase64String(bytes)}\n"), OwnerOnly);
        return new Tokeniser(bytes);
    }

    private static FlyballException Refuse(string file, string seen, string remedy) =>
        new(new Problem("FLY3145", $"The key of tokens is refused: {seen}", new ProblemLocation(file), remedy));
}
