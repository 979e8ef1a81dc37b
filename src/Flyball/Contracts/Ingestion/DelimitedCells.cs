using CsvHelper;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Ingestion;

/// <summary>The cells of a delimited row: texts get their types from the contract, and an empty one is null. Not thread-safe.</summary>
/// <param name="reader">Stands at the row, which has as many cells as <paramref name="columns"/>.</param>
/// <param name="plan">The contract.</param>
/// <param name="columns">For each cell its column, <see cref="FileColumns.Beside"/> or <see cref="FileColumns.Dropped"/>; every required column is there.</param>
/// <param name="knownAt">The column of known-at; null for none.</param>
/// <param name="stands">Of requests: what stands for fields that are not there; null for nothing.</param>
internal sealed class DelimitedCells(CsvReader reader, ContractPlan plan, int[] columns, KnownAtColumn? knownAt, StandIns? stands = null) : IRowCells
{
    private readonly FieldPlan[] fields = plan.Fields;
    private readonly bool[] isAbsent = [.. plan.Fields.Select((_, i) => !columns.Contains(i))];
    private readonly bool[] isEmpty = new bool[plan.Fields.Length];

    public long? Read(Span<Value> row, RowProblems problems)
    {
        long? known = null;
        problems.Clear();
        row.Clear();
        Array.Clear(isEmpty);
        stands?.Begin();
        for (var i = 0; i < columns.Length; i++)
        {
            var text = reader.GetSpan(i);
            var index = columns[i];
            if (index == FileColumns.Dropped)
            {
                continue;
            }

            if (index == FileColumns.Beside)
            {
                known = ReadKnownAt(text, problems);
            }
            else if (text.IsEmpty || (fields[index] is { Coerces: true, Type: not ScalarType.Text } && text.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0))
            {
                isEmpty[index] = true;
            }
            else if (ValueReader.Read(fields[index], text, out row[index]) is { } problem)
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

        for (var i = 0; i < fields.Length; i++)
        {
            if (stands is not null && (isEmpty[i] || isAbsent[i]) && stands.TryFill(i, row))
            {
                continue;
            }

            // The header has every required column, and a value that was there and wrong was reported already.
            if (isEmpty[i] && fields[i].Required)
            {
                problems.Add(fields[i].Problems.Missing);
            }
        }

        return known;
    }

    private long? ReadKnownAt(ReadOnlySpan<byte> text, RowProblems problems)
    {
        if (Rfc3339.TryRead(text, out var micros))
        {
            return micros;
        }

        if (text.IsEmpty && knownAt!.IsOptional)
        {
            return null;
        }

        problems.Add(text.IsEmpty ? knownAt!.Problems.Null : knownAt!.Problems.TimeForm);
        return null;
    }
}
