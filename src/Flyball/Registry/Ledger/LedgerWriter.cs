using System.Data;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Registry.Ledger;

/// <summary>
/// Appends to the ledger, inside the transaction of the change itself.
/// <list type="number">
/// <item>An entry takes the next number, and a time that is not before the last one's, so that order and time agree.</item>
/// <item>Its hash covers its own content and the hash before: an entry that is changed or taken out breaks every hash after it.</item>
/// <item>Entries of a catalog older than the hashes are sealed, in their order and once, by the first entry after them; no other entry is ever sealed again.</item>
/// </list>
/// </summary>
internal static class LedgerWriter
{
    private const int LongestValue = 256;

    /// <returns>The entry's number.</returns>
    public static long Append(IDbConnection c, IDbTransaction t, (long Id, string Name) model, LedgerChange change, Caller caller, string? reason, EventTime now)
    {
        var last = Last(c, t);
        if (last is { Hash: "" } && Unsealed(c, t) is { } until && until == last.Seq)
        {
            last.Hash = Seal(c, t);
            c.Execute("DELETE FROM registry_unsealed", transaction: t);
        }

        var row = new LedgerRow
        {
            Seq = (last?.Seq ?? 0) + 1,
            AtMicros = Math.Max(now.Micros, last?.AtMicros ?? long.MinValue),
            ModelId = model.Id,
            Model = model.Name,
            Kind = change.Kind,
            Name = change.Name,
            Version = change.Version,
            Digest = change.Digest,
            OldValue = Short(change.Old),
            NewValue = Short(change.New),
            Actor = caller.Name,
            AuthMethod = caller.AuthMethod,
            Reason = reason,
        };
        row.Hash = row.HashAfter(last?.Hash ?? "");
        c.Execute(
            "INSERT INTO registry_ledger (seq, at_micros, model_id, model, kind, name, version, digest, old_value, new_value, actor, auth_method, reason, hash) "
            + "VALUES (@Seq, @AtMicros, @ModelId, @Model, @Kind, @Name, @Version, @Digest, @OldValue, @NewValue, @Actor, @AuthMethod, @Reason, @Hash)",
            row,
            t);
        return row.Seq;
    }

    /// <summary>The last entry of the time before hashes; null once they are sealed.</summary>
    public static long? Unsealed(IDbConnection c, IDbTransaction? t) => c.QueryFirstOrDefault<long?>("SELECT last_seq FROM registry_unsealed", transaction: t);

    /// <summary>The number and the hash of the last entry; null for an empty ledger.</summary>
    public static LedgerHead? Head(IDbConnection c, IDbTransaction? t) => Last(c, t) is { } last ? new LedgerHead(last.Seq, last.Hash) : null;

    private static LedgerRow? Last(IDbConnection c, IDbTransaction? t) =>
        c.QueryFirstOrDefault<LedgerRow>($"SELECT {LedgerRow.Columns} FROM registry_ledger ORDER BY seq DESC LIMIT 1", transaction: t);

    private static string Seal(IDbConnection c, IDbTransaction t)
    {
        var before = "";
        foreach (var row in c.Query<LedgerRow>($"SELECT {LedgerRow.Columns} FROM registry_ledger ORDER BY seq", transaction: t).AsList())
        {
            row.Hash = row.HashAfter(before);
            c.Execute("UPDATE registry_ledger SET hash = @Hash WHERE seq = @Seq", new { row.Hash, row.Seq }, t);
            before = row.Hash;
        }

        return before;
    }

    private static string? Short(string? value) => value is { Length: > LongestValue } ? $"sha256:{Digest.Of(value).Hex}" : value;
}
