using System.Text;
using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quarantine;

/// <summary>Judges rows that were kept aside by the contract as it is now. Not thread-safe.</summary>
internal sealed class KeptRowReader(ContractPlan plan)
{
    private static readonly Problem NotWhole = new(
        "FLY3142", "What was sent was not kept as a whole row, so it cannot be released as it is.", Remedy: "Release it with an edited copy, send it again, or discard it.");

    private readonly Dictionary<string, RowReader> asSent = new(StringComparer.Ordinal);
    private readonly RowReader asStored = RowReader.ForKept(plan, wasStored: true);

    /// <summary>Reads a row as it was kept. It is good when there are no problems; these are new ones, or the old ones where nothing can be judged.</summary>
    /// <returns>When its import stated that it was known, by a column; null where the log says so.</returns>
    public long? Read(QuarantinedRow kept, Value[] row, RowProblems problems)
    {
        switch (kept.Form)
        {
            case KeptForm.Json when kept.IsExact:
                AsSent(kept).Read(Encoding.UTF8.GetBytes(kept.Original), row, problems);
                break;
            case KeptForm.Stored when kept.IsExact:
                asStored.Read(Encoding.UTF8.GetBytes(kept.Original), row, problems);
                break;
            case KeptForm.Delimited when kept.Cells is not null:
                ReadCells(Encoding.UTF8.GetBytes(kept.Cells), row, problems);
                break;
            default:
                problems.Clear();
                problems.Add(NotWhole);
                foreach (var problem in kept.Problems)
                {
                    problems.Add(problem);
                }

                return null;
        }

        var known = StatedIn(kept, row) ?? kept.StatedKnownAt?.Micros;
        if (kept.KnownAt.Column is { } column && known is null && problems.Count == 0)
        {
            // Its file stated when it was known, and not for this row: now would be a guess.
            problems.Add(new KnownAtColumn(plan, column).Problems.Null);
        }

        return known;
    }

    /// <summary>An edited copy, which a person wrote from what a listing shows. It may state when the row was known, in the column that did.</summary>
    /// <returns>As above, where neither the copy nor the original states it.</returns>
    public long? ReadEdited(QuarantinedRow original, ReadOnlySpan<byte> json, Value[] row, RowProblems problems)
    {
        var reader = AsSent(original);
        reader.Read(json, row, problems);
        return reader.BesideMicros ?? StatedIn(original, row) ?? original.StatedKnownAt?.Micros;
    }

    /// <summary>A row of a held batch.</summary>
    public bool ReadStored(ReadOnlySpan<byte> stored, Value[] row, RowProblems problems) => asStored.Read(stored, row, problems);

    private RowReader AsSent(QuarantinedRow kept)
    {
        var name = kept.KnownAt.Column ?? "";
        if (!asSent.TryGetValue(name, out var reader))
        {
            var column = name.Length == 0 ? null : new KnownAtColumn(plan, name);
            reader = asSent[name] = RowReader.ForKept(plan, wasStored: false, column is { ContractIndex: < 0 } ? column : null);
        }

        return reader;
    }

    /// <summary>From a column of the contract.</summary>
    private long? StatedIn(QuarantinedRow kept, Value[] row) =>
        kept.KnownAt.Column is { } name && plan.Schema.IndexOf(name) is >= 0 and var index && row[index] is { Kind: ScalarType.Timestamp } value ? value.AsTimestamp.Micros : null;

    private void ReadCells(byte[] cells, Value[] row, RowProblems problems)
    {
        problems.Clear();
        row.AsSpan().Clear();
        var isThere = new bool[row.Length];
        using var document = JsonDocument.Parse(cells);
        foreach (var cell in document.RootElement.EnumerateObject())
        {
            var (index, text) = (plan.ColumnOf(cell.Name), cell.Value.GetString()!);
            if (index < 0)
            {
                problems.Add(new Problem("FLY3105", $"'{cell.Name}' is not in the contract.", new ProblemLocation(Field: cell.Name), "Release an edited copy without it, or add it to the contract."));
            }
            else if (text.Length > 0)
            {
                isThere[index] = true;
                ReadCell(index, text, out row[index], problems);
            }
        }

        for (var i = 0; i < row.Length; i++)
        {
            if (!isThere[i] && plan.Fields[i].Required)
            {
                problems.Add(plan.Fields[i].Problems.Missing);
            }
        }
    }

    private void ReadCell(int index, string text, out Value value, RowProblems problems)
    {
        var field = plan.Fields[index];
        if ((field.Privacy != PrivacyTreatment.Keep || field is { IsJson: true, HidesNames: true }) && RowReader.TakeKept(field, text, out value, problems))
        {
            return;
        }

        if (ValueReader.Read(field, Encoding.UTF8.GetBytes(text), out value) is { } problem)
        {
            value = default;
            problems.Add(problem);
            return;
        }

        RowReader.Check(field, value, problems);
        value = plan.Protect(index, value);
    }
}
