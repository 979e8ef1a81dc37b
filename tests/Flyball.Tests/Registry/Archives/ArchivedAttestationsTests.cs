using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry.Archives;
using Flyball.Registry.Attestations;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Registry.Archives;

/// <summary>What travels signed is verified with the key of where it comes from, and with no other.</summary>
public sealed class ArchivedAttestationsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flyball-archived-");
    private readonly ModelBundle bundle = RegistryFixture.Bundle(1);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void With_the_exporters_key_a_signature_is_verified()
    {
        var key = Key("here");

        var found = ArchivedAttestations.Judge(Archive(Signature(bundle, key), key), key.PublicPem);

        Assert.Equal([(AttestationKinds.Archive, true), (AttestationKinds.ModelSignature, true)], found.Select(a => ((string)a!["kind"]!, (bool)a["verified"]!)));
    }

    [Fact]
    public void The_signature_of_the_bundle_alone_says_nothing_about_what_is_beside_it()
    {
        var key = Key("here");
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key)), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key), Key("there")), key.PublicPem)));
    }

    [Fact]
    public void Without_a_key_nothing_is_verified_and_nothing_refused()
    {
        var found = ArchivedAttestations.Judge(Archive(Signature(bundle, Key("here"))), null);

        Assert.False((bool)found.Single()!["verified"]!);
    }

    [Fact]
    public void Another_key_another_bundle_and_no_signature_are_refused()
    {
        var (key, other) = (Key("here"), Key("there"));

        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key), key), other.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(RegistryFixture.Bundle(2), key), key), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive("no json"u8.ToArray(), key), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(null, key), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key), key), "no key")));
    }

    private SigningKey Key(string name) => SigningKey.LoadOrCreate(Path.Combine(folder.FullName, name));

    private static byte[] Signature(ModelBundle of, SigningKey key) =>
        CanonicalJson.Write(SigstoreBundle.Of(DsseEnvelope.Sign(DsseEnvelope.InToto, ModelStatement.Of(of.Manifest.Model, of), key), key.Id));

    private byte[] Archive(byte[]? signature, SigningKey? signer = null)
    {
        var members = new Dictionary<string, byte[]>
        {
            [ArchiveFormat.Bundle] = bundle.Pack(),
            [ArchiveFormat.Version] = "{}"u8.ToArray(),
            [ArchiveFormat.Approvals] = "[]"u8.ToArray(),
            [ArchiveFormat.Ledger] = "[]"u8.ToArray(),
        };
        if (signature is not null)
        {
            members[$"{ArchiveFormat.Extra}{AttestationKinds.ModelSignature}.0123456789ab.json"] = signature;
        }

        if (signer is not null)
        {
            members[$"{ArchiveFormat.Extra}{AttestationKinds.Archive}.0123456789ab.json"] = CanonicalJson.Write(DsseEnvelope.Sign(DsseEnvelope.InToto, ArchiveStatement.Of(members), signer).ToJson());
        }

        return ArchiveFormat.Pack(members);
    }

    private static string Code(Action act) => Assert.Throws<FlyballException>(act).Problem.Code;
}
