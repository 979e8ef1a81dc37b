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
            await KeepAsync(bundle.Digest, AttestationKinds.ModelSignature, SigstoreBundle.Of(envelope, key.Id), cancellation);
        }

        if (run is { Succeeded: true, Identity: not null } && run.Bundle == bundle.Digest.Hex && !there.Contains(AttestationKinds.Provenance))
        {
            var envelope = DsseEnvelope.Sign(DsseEnvelope.InToto, ProvenanceStatement.Of(run, bundle.Digest), key);
            await KeepAsync(bundle.Digest, AttestationKinds.Provenance, envelope.ToJson(), cancellation);
        }
    }

    /// <summary>All that was signed of a bundle, oldest first.</summary>
    public IReadOnlyList<Attestation> Of(Digest bundle) => catalog.Read(db => db.Query<Row>(
        "SELECT kind AS Kind, key_id AS KeyId, created_at AS CreatedAt, content AS Content FROM attestations WHERE digest = @hex ORDER BY created_at, kind", new { hex = bundle.Hex })
        .Select(r => new Attestation(r.Kind, r.KeyId, r.CreatedAt, (JsonObject)JsonNode.Parse(r.Content)!)).ToList());

    /// <summary>Checks one attestation against a bundle, with a key that the caller trusts.</summary>
    /// <returns>Null when it holds, else what does not.</returns>
    public static string? Defect(Attestation attestation, ModelBundle bundle, string publicPem)
    {
        var isSignature = attestation.Kind == AttestationKinds.ModelSignature;
        var envelope = isSignature ? SigstoreBundle.EnvelopeOf(attestation.Content) : DsseEnvelope.TryParse(attestation.Content);
        if (envelope is not { PayloadType: DsseEnvelope.InToto })
        {
            return "it is no signed statement";
        }

        if (!envelope.IsSignedBy(publicPem))
        {
            return "the signature is not of this key over these bytes";
        }

        if (isSignature)
        {
            return envelope.Payload.Span.SequenceEqual(ModelStatement.Of(bundle.Manifest.Model, bundle)) ? null : "the files are not the signed ones";
        }

        var statement = JsonNode.Parse(envelope.Payload.Span);
        return (string?)statement?["predicateType"] == ProvenanceStatement.PredicateType && (string?)statement["subject"]?[0]?["digest"]?["sha256"] == bundle.Digest.Hex
            ? null
            : "it is about something else";
    }

    private Task<int> KeepAsync(Digest bundle, string kind, JsonObject content, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            "INSERT INTO attestations (digest, kind, key_id, created_at, content) VALUES (@hex, @kind, @id, @now, @content) ON CONFLICT DO NOTHING",
            new { hex = bundle.Hex, kind, id = key.Id, now = time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture), content = content.ToJsonString() },
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
