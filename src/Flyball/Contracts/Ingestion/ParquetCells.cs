using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Ingestion;

/// <summary>The cells of a Parquet row: a value keeps its type, and becomes a text only where the file has no type of ours. Not thread-safe.</summary>
/// <param name="place">The row.</param>
/// <param name="plan">The contract.</param>
/// <param name="columns">The columns of the file.</param>
/// <param name="places">For each of them its column in the contract, <see cref="FileColumns.Beside"/> or <see cref="FileColumns.Dropped"/>.</param>
/// <param name="knownAt">The column of known-at; null for none.</param>
/// <param name="stands">Of requests: what stands for fields that are not there; null for nothing.</param>
internal sealed class ParquetCells(ParquetPlace place, ContractPlan plan, ParquetColumn[] columns, int[] places, KnownAtColumn? knownAt, StandIns? stands = null) : IRowCells
{
    private readonly FieldPlan[] fields = plan.Fields;
    private readonly int[] absent = [.. Enumerable.Range(0, plan.Fields.Length).Where(i => !places.Contains(i))];

    public long? Read(Span<Value> row, RowProblems problems)
    {
        var (from, at) = (place.Chunk!, place.Row);
        long? known = null;
        problems.Clear();
        row.Clear();
        stands?.Begin();
        for (var i = 0; i < columns.Length; i++)
        {
            var (column, index) = (columns[i], places[i]);
            if (index == FileColumns.Dropped)
            {
                continue;
            }

            if (index == FileColumns.Beside)
            {
                known = ReadKnownAt(column, problems);
            }
            else if (from.IsNull(column.Ordinal, at))
            {
                RefuseNull(index, row, problems);
            }
            else if (column.Read(fields[index], from, at, out row[index]) is { } problem)
            {
                row[index] = default;
                problems.Add(problem);
            }
            else
            {
                RowReader.Check(fields[index], row[index], problems);
                row[index] = fields[index].Privacy == PrivacyTreatment.Keep ? row[index] : plan.Protect(index, row[index]);
            }
        }

        for (var i = 0; stands is not null && i < absent.Length; i++)
        {
            stands.TryFill(absent[i], row);
        }

        return known;
    }

    private void RefuseNull(int index, Span<Value> row, RowProblems problems)
    {
        var field = fields[index];
        if ((field.Required || field.NullPolicy == NullPolicy.Refuse) && !(stands?.TryFill(index, row) ?? false))
        {
            problems.Add(field.Problems.Null);
        }
    }

    private long? ReadKnownAt(ParquetColumn column, RowProblems problems)
    {
        if (place.Chunk!.IsNull(column.Ordinal, place.Row))
        {
            if (!knownAt!.IsOptional)
            {
                problems.Add(knownAt.Problems.Null);
            }

            return null;
        }

        if (column.TryReadTime(place.Chunk, place.Row, out var micros))
        {
            return micros;
        }

        problems.Add(knownAt!.Problems.TimeForm);
        return null;
    }
}
