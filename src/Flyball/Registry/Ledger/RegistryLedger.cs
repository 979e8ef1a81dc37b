using System.Globalization;
using Dapper;
using Flyball.Engine.Time;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry.Ledger;

/// <summary>Reads the ledger of the registry: what was changed, and what held at an instant.</summary>
public sealed class RegistryLedger(Catalog catalog, AuditTrail audit)
{
    /// <summary>Entries in their order.</summary>
    /// <param name="model">A model by the name it had at the time; null for all.</param>
    /// <param name="after">Entries with a higher number only.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<LedgerEntry> Read(string? model, long after, int limit) => catalog.Read(c => c.Query<LedgerRow>(
        $"SELECT {LedgerRow.Columns} FROM registry_ledger WHERE seq > @after {(model is null ? "" : "AND model = @model")} ORDER BY seq LIMIT @limit",
        new { model, after, limit }).Select(r => r.ToEntry()).ToList());

    /// <summary>The last entries about a model, the oldest of them first.</summary>
    public IReadOnlyList<LedgerEntry> Tail(string model, int? version, int limit) => catalog.Read(c => c.Query<LedgerRow>(
        $"SELECT {LedgerRow.Columns} FROM registry_ledger WHERE model = @model {(version is null ? "" : "AND version = @version")} ORDER BY seq DESC LIMIT @limit",
        new { model, version, limit }).Reverse().Select(r => r.ToEntry()).ToList());

    /// <summary>Every move of a model's alias, in order. A model that was renamed keeps its moves; one of a deleted model with the same name are another's.</summary>
    public IReadOnlyList<LedgerEntry> Moves(string model, string? alias = null) => catalog.Read(c => IdOf(c, model) is not { } id
        ? []
        : c.Query<LedgerRow>(
            $"SELECT {LedgerRow.Columns} FROM registry_ledger WHERE model_id = @id AND kind = '{LedgerKinds.Alias}' {(alias is null ? "" : "AND name = @alias")} ORDER BY seq",
            new { id, alias }).Select(r => r.ToEntry()).ToList());

    /// <summary>Whether there is, or ever was, a model of this name.</summary>
    public bool Knows(string model) => catalog.Read(c => IdOf(c, model)) is not null;

    /// <summary>
    /// Which version an alias stood for at an instant, from the ledger alone. Cost: one lookup, however long the ledger is.
    /// </summary>
    /// <param name="model">The model's name at the instant, or its name now.</param>
    public AliasAnswer AsOf(string model, string alias, EventTime at)
    {
        var row = catalog.Read(c => (NamedAt(c, model, at) ?? IdOf(c, model)) is not { } id
            ? null
            : c.QueryFirstOrDefault<LedgerRow>(
                $"SELECT {LedgerRow.Columns} FROM registry_ledger WHERE model_id = @id AND kind = '{LedgerKinds.Alias}' AND name = @alias AND at_micros <= @at ORDER BY seq DESC LIMIT 1",
                new { id, alias, at = at.Micros }));
        return row?.NewValue is { } version
            ? new AliasAnswer(
                model, alias, at.ToString(), int.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture), row.Digest, new EventTime(row.AtMicros).ToString(), row.Actor, row.Reason, row.Seq)
            : new AliasAnswer(model, alias, at.ToString(), null, null, null, null, null, row?.Seq);
    }

    /// <summary>
    /// Computes every hash again, and compares with the last head in the audit log. Cost: one pass over the ledger, and the audit log from its end back to that head.
    /// </summary>
    public LedgerVerdict Verify()
    {
        // The head first: what it counts must be there by the time the entries are read.
        var noted = LedgerHead.Read(audit.LastDetails(LedgerHead.Action));
        return catalog.Read(c =>
        {
            var (before, atNoted) = ("", "");
            long expected = 1;
            var unsealed = noted is null ? LedgerWriter.Unsealed(c, null) ?? 0 : 0;
            foreach (var row in c.Query<LedgerRow>($"SELECT {LedgerRow.Columns} FROM registry_ledger ORDER BY seq", buffered: false))
            {
                // Entries of an older catalog wait for the first change to be sealed.
                var holds = row.Seq <= unsealed ? row.Hash.Length == 0 : row.Hash.Length > 0 && row.Hash == row.HashAfter(before);
                if (row.Seq != expected || !holds)
                {
                    return new LedgerVerdict(expected - 1, before, expected) { Noted = noted, Detail = row.Seq != expected ? "the entry is missing" : "the entry is not what its hash says" };
                }

                before = row.Hash;
                atNoted = row.Seq == noted?.Entries ? row.Hash : atNoted;
                expected++;
            }

            return noted is null || atNoted == noted.Hash ? new LedgerVerdict(expected - 1, before, null) { Noted = noted }
                : noted.Entries >= expected ? new LedgerVerdict(expected - 1, before, expected) { Noted = noted, Detail = "the end is missing: the audit log knows of more entries" }
                : new LedgerVerdict(expected - 1, before, noted.Entries) { Noted = noted, Detail = "this entry, or one before it, was written again: the audit log knows of another hash" };
        });
    }

    /// <summary>Whose name it was at an instant: a name can be given away and taken again.</summary>
    private static long? NamedAt(System.Data.IDbConnection c, string model, EventTime at) => c.QueryFirstOrDefault<long?>(
        "SELECT model_id FROM registry_ledger WHERE model = @model AND at_micros <= @at ORDER BY seq DESC LIMIT 1", new { model, at = at.Micros });

    private static long? IdOf(System.Data.IDbConnection c, string model) =>
        c.QueryFirstOrDefault<long?>("SELECT id FROM registered_models WHERE model = @model", new { model })
        ?? c.QueryFirstOrDefault<long?>("SELECT model_id FROM registry_ledger WHERE model = @model ORDER BY seq DESC LIMIT 1", new { model });
}
