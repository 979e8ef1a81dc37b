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

    private readonly RowReader asSent = RowReader.ForKept(plan, wasStored: false);
    private readonly RowReader asStored = RowReader.ForKept(plan, wasStored: true);

    /// <returns>True when <paramref name="row"/> holds a good row; otherwise the problems are new ones, or the old ones where nothing can be judged.</returns>
    public bool Read(QuarantinedRow kept, Value[] row, RowProblems problems)
    {
        switch (kept.Form)
        {
            case KeptForm.Json when kept.IsExact:
                return asSent.Read(Encoding.UTF8.GetBytes(kept.Original), row, problems);
            case KeptForm.Stored when kept.IsExact:
                return asStored.Read(Encoding.UTF8.GetBytes(kept.Original), row, problems);
            case KeptForm.Delimited when kept.Cells is not null:
                return ReadCells(Encoding.UTF8.GetBytes(kept.Cells), row, problems);
            default:
                problems.Clear();
                problems.Add(NotWhole);
                foreach (var problem in kept.Problems)
                {
                    problems.Add(problem);
                }

                return false;
        }
    }

    /// <summary>An edited copy, which a person wrote from what a listing shows.</summary>
    public bool ReadEdited(ReadOnlySpan<byte> json, Value[] row, RowProblems problems) => asSent.Read(json, row, problems);

    /// <summary>A row of a held batch.</summary>
    public bool ReadStored(ReadOnlySpan<byte> stored, Value[] row, RowProblems problems) => asStored.Read(stored, row, problems);

    private bool ReadCells(byte[] cells, Value[] row, RowProblems problems)
    {
        problems.Clear();
        row.AsSpan().Clear();
        var isThere = new bool[row.Length];
        using var document = JsonDocument.Parse(cells);
        foreach (var cell in document.RootElement.EnumerateObject())
        {
            var (index, text) = (plan.Schema.IndexOf(cell.Name), cell.Value.GetString()!);
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

        return problems.Count == 0;
    }

    private void ReadCell(int index, string text, out Value value, RowProblems problems)
    {
        var field = plan.Fields[index];
        if (field.Privacy != PrivacyTreatment.Keep && RowReader.TakeKept(field, text, out value, problems))
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
