using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry.Attestations;
using Flyball.Storage.Catalogs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Registry.Attestations;

public sealed class AttestorTests : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-attestor-").FullName;
    private readonly Catalog catalog;
    private readonly Attestor attestor;

    public AttestorTests()
    {
        catalog = Catalog.Open(Path.Combine(folder, "catalog.db"), AttestationTables.Migrations);
        attestor = new Attestor(catalog, SigningKey.LoadOrCreate(Path.Combine(folder, "keys")), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await catalog.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The protocol's own example: P-256 over the encoding of "hello world".</summary>
    [Fact]
    public void The_encoding_is_that_of_the_published_example()
    {
        var message = DsseEnvelope.Encode("http://example.com/HelloWorld", "hello world"u8);
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Coordinate("46950820868899156662930047687818585632848591499744589407958293238635476079160"),
                Y = Coordinate("5640078356564379163099075877009565129882514886557779369047442380624545832820"),
            },
        });

        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(message));
        Assert.True(key.VerifyData(
            message,
            Convert.FromBase64String("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task A_bundle_is_signed_once_and_its_attestations_hold()
    {
        var bundle = RegistryFixture.Bundle(1);

        await attestor.SignAsync(bundle, RunOf(bundle), default);
        await attestor.SignAsync(bundle, RunOf(bundle), default);

        var found = attestor.Of(bundle.Digest);
        Assert.Equal([AttestationKinds.ModelSignature, AttestationKinds.Provenance], found.Select(a => a.Kind).Order(StringComparer.Ordinal));
        Assert.All(found, a => Assert.Null(Attestor.Defect(a, bundle, attestor.Key.PublicPem)));
    }

    [Fact]
    public async Task What_was_signed_of_another_bundle_does_not_hold()
    {
        var (bundle, other) = (RegistryFixture.Bundle(1), RegistryFixture.Bundle(2));
        await attestor.SignAsync(bundle, RunOf(bundle), default);

        Assert.All(attestor.Of(bundle.Digest), a => Assert.NotNull(Attestor.Defect(a, other, attestor.Key.PublicPem)));
    }

    [Fact]
    public async Task Another_key_does_not_verify()
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, RunOf(bundle), default);
        var other = SigningKey.LoadOrCreate(Path.Combine(folder, "other"));

        Assert.All(attestor.Of(bundle.Digest), a => Assert.Contains("not of this key", Attestor.Defect(a, bundle, other.PublicPem), StringComparison.Ordinal));
    }

    /// <summary>One bit anywhere in payload, type or signature.</summary>
    [Theory]
    [InlineData("payload")]
    [InlineData("payloadType")]
    [InlineData("sig")]
    public async Task A_changed_envelope_does_not_hold(string member)
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, RunOf(bundle), default);
        foreach (var attestation in attestor.Of(bundle.Digest))
        {
            var content = (JsonObject)attestation.Content.DeepClone();
            var envelope = attestation.Kind == AttestationKinds.ModelSignature ? (JsonObject)content["dsseEnvelope"]! : content;
            if (member == "sig")
            {
                var signature = Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!);
                signature[^1] ^= 1;
                envelope["signatures"]![0]!["sig"] = Convert.ToBase64String(signature);
            }
            else if (member == "payload")
            {
                var payload = Convert.FromBase64String((string)envelope[member]!);
                payload[payload.Length / 2] ^= 1;
                envelope[member] = Convert.ToBase64String(payload);
            }
            else
            {
                envelope[member] = "application/other";
            }

            Assert.NotNull(Attestor.Defect(attestation with { Content = content }, bundle, attestor.Key.PublicPem));
        }
    }

    /// <summary>A second judge: the command line of OpenSSL, which shares no code of ours.</summary>
    [Fact]
    public async Task OpenSSL_verifies_the_signatures()
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, RunOf(bundle), default);
        var publicKey = Path.Combine(folder, "keys", "model-signing.pub");
        foreach (var attestation in attestor.Of(bundle.Digest))
        {
            var envelope = (SigstoreBundle.EnvelopeOf(attestation.Content) ?? DsseEnvelope.TryParse(attestation.Content))!;
            var (message, signature) = (Path.Combine(folder, "message"), Path.Combine(folder, "signature"));
            await File.WriteAllBytesAsync(message, DsseEnvelope.Encode(envelope.PayloadType, envelope.Payload.Span), TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(signature, envelope.Signatures[0].Bytes.ToArray(), TestContext.Current.CancellationToken);

            Assert.Equal("Verified OK", await OpenSslAsync("dgst", "-sha256", "-verify", publicKey, "-signature", signature, message));
            await File.AppendAllTextAsync(message, "x", TestContext.Current.CancellationToken);
            Assert.NotEqual("Verified OK", await OpenSslAsync("dgst", "-sha256", "-verify", publicKey, "-signature", signature, message));
        }
    }

    /// <summary>The digest over all files is recomputed here from an unpacked bundle, as the model signing tool reads a folder.</summary>
    [Fact]
    public async Task The_model_signature_covers_every_file_of_the_unpacked_bundle()
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, null, default);
        var unpacked = Path.Combine(folder, "unpacked");
        using (var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle.Pack())))
        {
            System.IO.Compression.ZipFileExtensions.ExtractToDirectory(zip, unpacked);
        }

        var statement = JsonNode.Parse(SigstoreBundle.EnvelopeOf(Assert.Single(attestor.Of(bundle.Digest)).Content)!.Payload.Span)!;

        var files = Directory.GetFiles(unpacked).OrderBy(f => Path.GetFileName(f), StringComparer.Ordinal).ToList();
        Assert.True(files.Count >= 3);
        Assert.Equal(files.Select(f => Path.GetFileName(f)), statement["predicate"]!["resources"]!.AsArray().Select(r => (string)r!["name"]!));
        Assert.Equal(files.Select(f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))), statement["predicate"]!["resources"]!.AsArray().Select(r => (string)r!["digest"]!));
        var all = SHA256.HashData([.. files.SelectMany(f => SHA256.HashData(File.ReadAllBytes(f)))]);
        Assert.Equal(Convert.ToHexStringLower(all), (string)statement["subject"]![0]!["digest"]!["sha256"]!);
    }

    [Fact]
    public async Task Provenance_names_data_libraries_program_and_commit()
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, RunOf(bundle), default);

        var provenance = attestor.Of(bundle.Digest).Single(a => a.Kind == AttestationKinds.Provenance);
        var statement = JsonNode.Parse(DsseEnvelope.TryParse(provenance.Content)!.Payload.Span)!;

        Assert.Equal(bundle.Digest.Hex, (string)statement["subject"]![0]!["digest"]!["sha256"]!);
        var definition = statement["predicate"]!["buildDefinition"]!;
        Assert.Equal(
            ["urn:flyball:table:payments", "urn:flyball:library:xgboost", "urn:flyball:project", "urn:flyball:source"],
            definition["resolvedDependencies"]!.AsArray().Select(d => (string)d!["uri"]!));
        var source = definition["resolvedDependencies"]![3]!;
        Assert.Equal((new string('c', 40), true), ((string)source["digest"]!["gitCommit"]!, (bool)source["annotations"]!["dirty"]!));
        Assert.Equal(7, (int)definition["externalParameters"]!["seed"]!);
        Assert.Equal("4.5", (string)statement["predicate"]!["runDetails"]!["builder"]!["version"]!["Flyball"]!);
    }

    /// <summary>As a run of an earlier program kept it, and as one of this program does.</summary>
    [Theory]
    [InlineData("""{"commit":"dddddddddddddddddddddddddddddddddddddddd","dirty":false}""")]
    [InlineData("""{"claimed":{"commit":"dddddddddddddddddddddddddddddddddddddddd","dirty":false}}""")]
    public async Task What_a_caller_claims_is_not_signed(string source)
    {
        var bundle = RegistryFixture.Bundle(1);
        await attestor.SignAsync(bundle, RunOf(bundle) with { Source = source }, default);

        var signed = Encoding.UTF8.GetString(DsseEnvelope.TryParse(attestor.Of(bundle.Digest).Single(a => a.Kind == AttestationKinds.Provenance).Content)!.Payload.Span);

        Assert.DoesNotContain("dddddd", signed, StringComparison.Ordinal);
        Assert.DoesNotContain("gitCommit", signed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = Path.Combine(folder, "keys", "model-signing.pem");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Equal("FLY3370", Assert.Throws<FlyballException>(() => SigningKey.LoadOrCreate(Path.Combine(folder, "keys"))).Problem.Code);
    }

    [Fact]
    public void A_file_that_is_no_key_is_refused()
    {
        var keys = Path.Combine(folder, "broken");
        Directory.CreateDirectory(keys);
        File.WriteAllText(Path.Combine(keys, "model-signing.pem"), "not a key");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(keys, "model-signing.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Equal("FLY3370", Assert.Throws<FlyballException>(() => SigningKey.LoadOrCreate(keys)).Problem.Code);
    }

    [Fact]
    public void The_key_stays_the_same() =>
        Assert.Equal(attestor.Key.Id, SigningKey.LoadOrCreate(Path.Combine(folder, "keys")).Id);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"payloadType":"x","payload":"!!!!","signatures":[{"sig":"AAAA"}]}""")]
    [InlineData("""{"payloadType":"x","payload":"AAAA","signatures":[]}""")]
    [InlineData("""{"payloadType":"x","payload":"AAAA","signatures":[{"sig":7}]}""")]
    [InlineData("""{"payloadType":"x","payload":"AAAA","signatures":"AAAA"}""")]
    [InlineData("[1]")]
    public void What_is_no_envelope_is_none(string json) => Assert.Null(DsseEnvelope.TryParse(JsonNode.Parse(json)));

    private static byte[] Coordinate(string number) => BigInteger.Parse(number, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true) is var bytes
        ? [.. new byte[32 - bytes.Length], .. bytes]
        : [];

    private static TrainingRun RunOf(ModelBundle bundle) => new()
    {
        RunId = new string('a', 64),
        Model = bundle.Manifest.Model,
        State = RunStates.Succeeded,
        Author = "ann",
        StartedAt = "2026-03-01T00:00:00Z",
        FinishedAt = "2026-03-01T00:01:00Z",
        Bundle = bundle.Digest.Hex,
        Source = new AppliedSource(Digest.Of("project"), new SourceTree(new string('c', 40), "main", Dirty: true)).ToJson(null).ToJsonString(),
        Identity = new JsonObject
        {
            ["seed"] = 7,
            ["tables"] = new JsonArray($"payments {Digest.Of("t").Hex}"),
            ["program"] = new JsonObject { ["assemblies"] = new JsonObject { ["Flyball"] = "4.5" }, ["libraries"] = new JsonObject { ["xgboost"] = Digest.Of("x").Hex } },
        }.ToJsonString(),
    };

    private static async Task<string> OpenSslAsync(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "There is no /usr/bin/openssl: the second judge was not asked.");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Trim();
    }
}
