using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Ingestion;

/// <summary>The cells of the present row of a file, judged by the contract, and by the earlier version that is accepted beside it where they break that.</summary>
/// <param name="present">By the contract; null when the file's columns are those of the earlier version alone.</param>
/// <param name="before">By the earlier version; null when the columns do not fit it, or there is none.</param>
/// <param name="earlier">The earlier version; null with <paramref name="before"/>.</param>
internal sealed class VersionedCells(IRowCells? present, IRowCells? before, EarlierReader? earlier)
{
    /// <summary>Reads the row into the batch and judges it there.</summary>
    public bool Judge(RowBatch batch)
    {
        var known = present?.Read(batch.Row, batch.Problems);
        if (before is not null && (present is null || batch.Problems.Count > 0))
        {
            known = ReadEarlier(batch, known);
        }

        return batch.Judge(known);
    }

    /// <summary>Reads the row by the contract alone.</summary>
    public long? Read(Span<Value> row, RowProblems problems) => present!.Read(row, problems);

    private long? ReadEarlier(RowBatch batch, long? known)
    {
        var problems = earlier!.Problems;
        var stated = before!.Read(earlier.Row, problems) ?? known;
        if (earlier.IsOpen && problems.Count == 0)
        {
            earlier.Take(batch.Row);
            batch.TakeEarlier();
            return stated;
        }

        if (present is null)
        {
            // Nothing was read by the contract: what the row meets is the earlier version, or its end.
            batch.Row.Clear();
            batch.Problems.Clear();
            foreach (var problem in earlier.IsOpen ? problems.ToList() : [earlier.Closed])
            {
                batch.Problems.Add(problem);
            }
        }

        return stated;
    }
}
