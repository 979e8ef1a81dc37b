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

        var found = ArchivedAttestations.Judge(Archive(Signature(bundle, key)), key.PublicPem);

        Assert.Equal((AttestationKinds.ModelSignature, true), ((string)found.Single()!["kind"]!, (bool)found.Single()!["verified"]!));
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

        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key)), other.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(RegistryFixture.Bundle(2), key)), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive("no json"u8.ToArray()), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(null), key.PublicPem)));
        Assert.Equal("FLY3373", Code(() => ArchivedAttestations.Judge(Archive(Signature(bundle, key)), "no key")));
    }

    private SigningKey Key(string name) => SigningKey.LoadOrCreate(Path.Combine(folder.FullName, name));

    private static byte[] Signature(ModelBundle of, SigningKey key) =>
        CanonicalJson.Write(SigstoreBundle.Of(DsseEnvelope.Sign(DsseEnvelope.InToto, ModelStatement.Of(of.Manifest.Model, of), key), key.Id));

    private byte[] Archive(byte[]? signature)
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

        return ArchiveFormat.Pack(members);
    }

    private static string Code(Action act) => Assert.Throws<FlyballException>(act).Problem.Code;
}
