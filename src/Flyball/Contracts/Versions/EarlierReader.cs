using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Versions;

/// <summary>Reads a row by an earlier version into the columns of the present one. Not thread-safe: it keeps its buffers.</summary>
internal sealed class EarlierReader(EarlierContracts contracts, EarlierContract earlier)
{
    private readonly RowReader reader = new(earlier.Plan);
    private readonly RowProblems problems = new();
    private readonly Value[] read = new Value[earlier.Plan.Fields.Length];

    /// <summary>False after the time agreed, and for a row that breaks the earlier version too; then <paramref name="row"/> is as it was.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, Span<Value> row)
    {
        if (!contracts.IsOpen(earlier) || !reader.Read(json, read, problems))
        {
            return false;
        }

        row.Clear();
        for (var i = 0; i < read.Length; i++)
        {
            if (earlier.Columns[i] >= 0)
            {
                row[earlier.Columns[i]] = read[i];
            }
        }

        return true;
    }
}
