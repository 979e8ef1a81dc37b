using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Registry.Attestations;

/// <summary>
/// The key with which an installation signs what it says of its models: ECDSA on P-256 with SHA-256, which the OpenSSF model signing tool takes.
/// </summary>
public sealed class SigningKey
{
    private const string SecretName = "model-signing.pem";
    private const string PublicName = "model-signing.pub";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string secret;

    private SigningKey(string secret)
    {
        this.secret = secret;
        using var key = Import(secret);
        PublicPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        Id = Digest.Of(PublicPem).Hex;
    }

    /// <summary>The public half as PEM text, with its last line feed: what others verify with.</summary>
    public string PublicPem { get; }

    /// <summary>SHA-256 of <see cref="PublicPem"/>: the hint that a signature names its key by.</summary>
    public string Id { get; }

    /// <summary>Reads the key of a folder, or makes one with its public half beside it; readable by its owner only.</summary>
    /// <exception cref="FlyballException">FLY3370: the file is no such key, or others may read it.</exception>
    public static SigningKey LoadOrCreate(string keysDirectory)
    {
        PosixFile.CreateDirectory(keysDirectory);
        var file = Path.Combine(keysDirectory, SecretName);
        if (!File.Exists(file))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PosixFile.ReplaceFile(file, Encoding.UTF8.GetBytes(made.ExportPkcs8PrivateKeyPem() + "\n"), OwnerOnly);
        }
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw Refused(file, "others than its owner may use this key", "Give it mode 0600, and make a new key if it may have been read.");
        }

        var key = Parse(File.ReadAllText(file), file);
        var publicFile = Path.Combine(keysDirectory, PublicName);
        if (!File.Exists(publicFile) || File.ReadAllText(publicFile) != key.PublicPem)
        {
            PosixFile.ReplaceFile(publicFile, Encoding.UTF8.GetBytes(key.PublicPem));
        }

        return key;
    }

    /// <summary>Signs bytes.</summary>
    /// <returns>A DER signature. Two of the same bytes differ.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        using var key = Import(secret);
        return key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Whether a DER signature of the bytes was made with the key of this public half.</summary>
    public static bool Verify(string publicPem, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = Import(publicPem);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static SigningKey Parse(string pem, string file)
    {
        try
        {
            using var key = Import(pem);
            return key.KeySize == 256 ? new SigningKey(pem) : throw Refused(file, "it is not a key on P-256", "Remove it: a new one is made at the next start.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Refused(file, "it is no private key in PEM form", "Restore it from a backup, or remove it: a new one is made at the next start.");
        }
    }

    private static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static FlyballException Refused(string file, string seen, string remedy) =>
        new(new Problem("FLY3370", $"The key that signs models cannot be used: {seen}.", new ProblemLocation(file), remedy));
}
