using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>
/// Remembers what a create with an idempotency key made: the key with the same body gives it again, with another body it is refused.
/// </summary>
internal static class IdempotentCreates
{
    public const string Models = "model";
    public const string Versions = "version";
    public const string Rollbacks = "rollback";

    public static string BodyOf(JsonObject draft) => CanonicalJson.Digest(draft).Hex;

    /// <summary>Null when the key is new, or absent.</summary>
    public static Made? Find(IDbConnection c, IDbTransaction? t, string scope, string? key) => key is null ? null : c.QueryFirstOrDefault<Made>(
        "SELECT k.body AS Body, m.model AS Model, m.deleted_micros AS DeletedMicros, k.version AS Version FROM registry_keys k JOIN registered_models m ON m.id = k.model_id "
        + "WHERE k.scope = @scope AND k.key = @key",
        new { scope, key },
        t);

    /// <summary>What speaks against answering with what the key made before.</summary>
    public static Problem? Judge(Made made, string body) => made.Body != body
        ? new Problem("FLY3341", "The idempotency key came before with another body.", new ProblemLocation(Field: "idempotency_key"), "Use a new key for another request.")
        : made.DeletedMicros is not null
            ? new Problem("FLY3341", "What the idempotency key made was deleted since.", new ProblemLocation(Field: "idempotency_key"), "Use a new key.")
            : null;

    public static void Keep(RegistryTransaction change, string scope, string? key, string body, string model, int? version)
    {
        if (key is not null)
        {
            change.Execute(
                "INSERT INTO registry_keys (scope, key, body, model_id, version) VALUES (@scope, @key, @body, @id, @version)",
                new { scope, key, body, id = change.IdOf(model), version });
        }
    }

    /// <summary>What a key made. Settable members, because databases differ in the width of their integers.</summary>
    internal sealed class Made
    {
        public string Body { get; set; } = "";

        public string Model { get; set; } = "";

        public long? DeletedMicros { get; set; }

        public int? Version { get; set; }
    }
}
