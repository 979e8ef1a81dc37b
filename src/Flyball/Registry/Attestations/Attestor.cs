using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Catalogs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Registry.Attestations;

/// <summary>
/// Signs what the registry knows of a bundle, keeps it, and checks it.
/// <list type="number">
/// <item>A bundle gets a model signature, and provenance when a run of this installation made it. Once each: later calls find them there.</item>
/// <item>What another installation signed of a bundle is kept beside it, under that key, and proves nothing here.</item>
/// <item>A check reads the signed bytes, and takes nothing from beside them: the files must be the signed ones, the subject the bundle.</item>
/// </list>
/// Thread-safe.
/// </summary>
public sealed class Attestor(Catalog catalog, SigningKey key, TimeProvider time)
{
    /// <summary>What others verify with.</summary>
    public SigningKey Key => key;

    /// <summary>Signs a bundle where it is not signed yet.</summary>
    /// <param name="run">The run that made it; null for one made elsewhere.</param>
    public async Task SignAsync(ModelBundle bundle, TrainingRun? run, CancellationToken cancellation)
    {
        var there = Of(bundle.Digest).Where(a => a.KeyId == key.Id).Select(a => a.Kind).ToHashSet(StringComparer.Ordinal);
        if (!there.Contains(AttestationKinds.ModelSignature))
        {
            var envelope = DsseEnvelope.Sign(DsseEnvelope.InToto, ModelStatement.Of(bundle.Manifest.Model, bundle), key);
            await KeepAsync(bundle.Digest, key.Id, AttestationKinds.ModelSignature, SigstoreBundle.Of(envelope, key.Id), cancellation);
        }

        if (run is { Succeeded: true, Identity: not null } && run.Bundle == bundle.Digest.Hex && !there.Contains(AttestationKinds.Provenance))
        {
            var envelope = DsseEnvelope.Sign(DsseEnvelope.InToto, ProvenanceStatement.Of(run, bundle.Digest), key);
            await KeepAsync(bundle.Digest, key.Id, AttestationKinds.Provenance, envelope.ToJson(), cancellation);
        }
    }

    /// <summary>Whether this installation signed a bundle, and the signature holds.</summary>
    /// <returns>Null when it does, else what does not.</returns>
    public string? OwnDefect(ModelBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return Own(bundle.Digest, AttestationKinds.ModelSignature) is { } own ? Defect(own, bundle, key.PublicPem) : "this installation has not signed it";
    }

    /// <summary>Keeps what another installation signed of a bundle. Something about another bundle, or in the name of the key here, is passed over.</summary>
    /// <param name="publicPem">The key it was verified with, which lets it take the place of one that was not; null when nobody verified it.</param>
    internal async Task KeepForeignAsync(ModelBundle bundle, string kind, JsonObject content, string? publicPem, CancellationToken cancellation)
    {
        var envelope = kind == AttestationKinds.ModelSignature ? SigstoreBundle.EnvelopeOf(content) : DsseEnvelope.TryParse(content);
        if (kind == AttestationKinds.Archive || envelope is not { PayloadType: DsseEnvelope.InToto } || Subject(kind, envelope, bundle) is not null)
        {
            return;
        }

        var verified = publicPem is not null && envelope.IsSignedBy(publicPem);
        var keyId = verified ? Digest.Of(publicPem!).Hex : envelope.Signatures[0].KeyId;
        if (!Digest.TryParse(keyId, out _) || keyId == key.Id)
        {
            return;
        }

        if (verified)
        {
            await catalog.WriteAsync(
                (db, tx) => db.Execute("DELETE FROM attestations WHERE digest = @hex AND kind = @kind AND key_id = @keyId", new { hex = bundle.Digest.Hex, kind, keyId }, tx), cancellation);
        }

        await KeepAsync(bundle.Digest, keyId, kind, content, cancellation);
    }

    /// <summary>Signs the members of an archive, once: the same members give the same signature again.</summary>
    /// <returns>The signed statement, as canonical JSON.</returns>
    internal async Task<byte[]> SignArchiveAsync(IEnumerable<KeyValuePair<string, byte[]>> members, CancellationToken cancellation)
    {
        var statement = ArchiveStatement.Of(members);
        var named = Digest.Of(statement);
        if (Own(named, AttestationKinds.Archive) is null)
        {
            await KeepAsync(named, key.Id, AttestationKinds.Archive, DsseEnvelope.Sign(DsseEnvelope.InToto, statement, key).ToJson(), cancellation);
        }

        return CanonicalJson.Write(Own(named, AttestationKinds.Archive)!.Content);
    }

    /// <summary>Whether the members of an archive are those that were signed with a key.</summary>
    /// <returns>Null when they are, else what does not hold.</returns>
    internal static string? ArchiveDefect(JsonObject content, IEnumerable<KeyValuePair<string, byte[]>> members, string publicPem) =>
        DsseEnvelope.TryParse(content) is not { PayloadType: DsseEnvelope.InToto } envelope ? "it is no signed statement"
        : !envelope.IsSignedBy(publicPem) ? "the signature is not of this key over these bytes"
        : !envelope.Payload.Span.SequenceEqual(ArchiveStatement.Of(members)) ? "the members are not the signed ones"
        : null;

    /// <summary>All that was signed of a bundle, oldest first.</summary>
    public IReadOnlyList<Attestation> Of(Digest bundle) => catalog.Read(db => db.Query<Row>(
        "SELECT kind AS Kind, key_id AS KeyId, created_at AS CreatedAt, content AS Content FROM attestations WHERE digest = @hex ORDER BY created_at, kind", new { hex = bundle.Hex })
        .Select(r => new Attestation(r.Kind, r.KeyId, r.CreatedAt, (JsonObject)JsonNode.Parse(r.Content)!)).ToList());

    /// <summary>Checks one attestation against a bundle, with a key that the caller trusts.</summary>
    /// <returns>Null when it holds, else what does not.</returns>
    public static string? Defect(Attestation attestation, ModelBundle bundle, string publicPem)
    {
        var envelope = attestation.Kind == AttestationKinds.ModelSignature ? SigstoreBundle.EnvelopeOf(attestation.Content) : DsseEnvelope.TryParse(attestation.Content);
        if (envelope is not { PayloadType: DsseEnvelope.InToto })
        {
            return "it is no signed statement";
        }

        if (!envelope.IsSignedBy(publicPem))
        {
            return "the signature is not of this key over these bytes";
        }

        return Subject(attestation.Kind, envelope, bundle);
    }

    /// <summary>Null when a statement is about a bundle, whoever signed it.</summary>
    private static string? Subject(string kind, DsseEnvelope envelope, ModelBundle bundle)
    {
        if (kind == AttestationKinds.ModelSignature)
        {
            return envelope.Payload.Span.SequenceEqual(ModelStatement.Of(bundle.Manifest.Model, bundle)) ? null : "the files are not the signed ones";
        }

        try
        {
            var statement = JsonNode.Parse(envelope.Payload.Span);
            return (string?)statement?["predicateType"] == ProvenanceStatement.PredicateType && (string?)statement["subject"]?[0]?["digest"]?["sha256"] == bundle.Digest.Hex
                ? null
                : "it is about something else";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            return "it is about something else";
        }
    }

    private Attestation? Own(Digest subject, string kind) => Of(subject).FirstOrDefault(a => a.Kind == kind && a.KeyId == key.Id);

    private Task<int> KeepAsync(Digest bundle, string keyId, string kind, JsonObject content, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            "INSERT INTO attestations (digest, kind, key_id, created_at, content) VALUES (@hex, @kind, @id, @now, @content) ON CONFLICT DO NOTHING",
            new { hex = bundle.Hex, kind, id = keyId, now = time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture), content = content.ToJsonString() },
            tx),
        cancellation);

    private sealed class Row
    {
        public string Kind { get; set; } = "";

        public string KeyId { get; set; } = "";

        public string CreatedAt { get; set; } = "";

        public string Content { get; set; } = "";
    }
}
