using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>Reads stored rows of one source with what the log needs of them. It changes nothing of the source, so several may read at once; one is used by one thread.</summary>
internal sealed class StoredRowReader(SourceState source, SipHash hash)
{
    private readonly RowReader reader = RowReader.ForStored(source.Plan);
    /// <summary>Nobody adds to it.</summary>
    private static readonly List<UInt128> None = [];

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
        var columns = source.Columns;
        var key = columns.HasPrimary ? KeyColumns.HashOf(-1, plan.PrimaryKey, values, hash) : UInt128.Zero;
        return !columns.Judges && columns.Width == 0
            ? new StoredRow(true, values, null, 0, 0, [], identity)
            : new StoredRow(true, values, key == UInt128.Zero ? null : key, (uint)hash.Of(payload), plan.TakesCorrections ? RowKey.EntityHash(plan, values, hash) : 0, OthersOf(values), identity);
    }

    private List<UInt128> OthersOf(Value[] values)
    {
        if (source.Columns.Width == 0)
        {
            return None;
        }

        var others = new List<UInt128>(source.Columns.Width);
        source.Columns.AddTo(others, values, hash);
        others.RemoveAll(k => k == UInt128.Zero);
        return others;
    }
}
