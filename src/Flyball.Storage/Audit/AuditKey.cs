using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Native.LibCrypto;
using Flyball.Native.Posix;

namespace Flyball.Storage.Audit;

/// <summary>The key that signs an audit log's checkpoints. Whoever has it can write another history: keep it where operators cannot read it, and have a witness.</summary>
public sealed class AuditKey
{
    private const string SecretName = "audit.key";
    private const string PublicName = "audit.vkey";
    private const string Prefix = "PRIVATE+KEY+";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] seed;

    internal AuditKey(string name, byte[] seed)
    {
        this.seed = seed;
        Verifier = new(name, Ed25519.PublicKey(seed));
    }

    /// <summary>The public half.</summary>
    public AuditVerifierKey Verifier { get; }

    /// <summary>Reads <c>audit.key</c> of a folder, or makes one with its public <c>audit.vkey</c>, readable by its owner only.</summary>
    /// <param name="keysDirectory">Where the key lies.</param>
    /// <param name="origin">The log's name: an address without scheme, white space or plus sign.</param>
    /// <exception cref="FlyballException">FLY2032: the file is no such key, belongs to another log, or others may read it.</exception>
    public static AuditKey LoadOrCreate(string keysDirectory, string origin)
    {
        if (origin.Length == 0 || origin.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+'))
        {
            throw new ArgumentException("An origin has no white space and no plus sign.", nameof(origin));
        }

        PosixFile.CreateDirectory(keysDirectory);
        var file = Path.Combine(keysDirectory, SecretName);
        var key = File.Exists(file) ? Load(file, origin) : Create(file, origin);
        var publicFile = Path.Combine(keysDirectory, PublicName);
        var publicText = key.Verifier + "\n";
        if (!File.Exists(publicFile) || File.ReadAllText(publicFile) != publicText)
        {
            PosixFile.ReplaceFile(publicFile, Encoding.UTF8.GetBytes(publicText));
        }

        return key;
    }

    internal static AuditKey Parse(string text)
    {
        if (text.StartsWith(Prefix, StringComparison.Ordinal)
            && text[Prefix.Length..].Trim().Split('+', 3) is [var name, var id, var encoded]
            && SignedNote.TryBase64(encoded, out var bytes)
            && bytes is [SignedNote.Ed25519Type, .. { Length: 32 } seed]
            && new AuditKey(name, seed) is var key
            && id == key.Verifier.KeyId.ToString("x8", CultureInfo.InvariantCulture))
        {
            return key;
        }

        throw new FormatException("This is no Ed25519 signing key.");
    }

    internal string Sign(string text) => SignedNote.Sign(text, Verifier.Name, seed);

    private static AuditKey Load(string file, string origin)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw Refuse(file, "others than its owner may use this key.", "Give it mode 0600, and a new key if it may have been read.");
        }

        AuditKey key;
        try
        {
            key = Parse(File.ReadAllText(file));
        }
        catch (FormatException)
        {
            throw Refuse(file, "this is no signing key.", "Restore it from a backup: a log cannot go on under another key.");
        }

        return key.Verifier.Name == origin
            ? key
            : throw Refuse(file, $"this key signs for {key.Verifier.Name}, and the log is {origin}.", "Name the log as before.");
    }

    private static AuditKey Create(string file, string origin)
    {
        var key = new AuditKey(origin, RandomNumberGenerator.GetBytes(Ed25519.KeyBytes));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{origin}+{key.Verifier.KeyId:x8}+{Convert.ToBase64String([SignedNote.Ed25519Type, .. key.seed])}\n");
        PosixFile.ReplaceFile(file, Encoding.UTF8.GetBytes(text), OwnerOnly);
        return key;
    }

    private static FlyballException Refuse(string file, string seen, string remedy) =>
        new(new Problem("FLY2032", $"The audit key is refused: {seen}", new ProblemLocation(file), remedy));
}
