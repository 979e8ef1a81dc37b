using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>Reads stored rows of one source with what the log needs of them. It changes nothing of the source, so several may read at once; one is used by one thread.</summary>
internal sealed class StoredRowReader(SourceState source, SipHash hash)
{
    private readonly RowReader reader = RowReader.ForStored(source.Plan);
    private readonly RowProblems problems = new();
    private readonly Value[] scratch = new Value[source.Plan.Fields.Length];

    /// <param name="payload">The row's stored form.</param>
    /// <param name="keeps">Whether somebody keeps the values; then they have an array of their own.</param>
    /// <param name="isRetraction">Whether the row takes back what its key said.</param>
    public StoredRow Read(ReadOnlySpan<byte> payload, bool keeps, bool isRetraction)
    {
        var plan = source.Plan;
        var values = keeps ? new Value[plan.Fields.Length] : scratch;
        if (!reader.Read(payload, values, problems) || (!plan.IsTimedByArrival && values[plan.EventTimeIndex].IsNull))
        {
            return default;
        }

        var identity = keeps ? plan.IdentityOf(values, isRetraction) : default;
        return HasWholeKey(values)
            ? new StoredRow(true, values, RowKey.Hash(plan, values, hash), (uint)hash.Of(payload), plan.TakesCorrections ? RowKey.EntityHash(plan, values, hash) : 0, identity)
            : new StoredRow(true, values, null, 0, 0, identity);
    }

    private bool HasWholeKey(Value[] values)
    {
        var key = source.Plan.PrimaryKey;
        for (var i = 0; i < key.Count; i++)
        {
            if (values[key[i]].IsNull)
            {
                return false;
            }
        }

        return key.Count > 0;
    }
}
