using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Versions;

/// <summary>Reads a row by an earlier version into the columns of the present one. Not thread-safe: it keeps its buffers.</summary>
internal sealed class EarlierReader
{
    private readonly EarlierContracts contracts;
    private readonly EarlierContract earlier;
    private readonly RowReader reader;

    /// <param name="contracts">Says whether it is accepted now.</param>
    /// <param name="earlier">The earlier version.</param>
    /// <param name="knownAt">The column that says when each row was known; null for none.</param>
    public EarlierReader(EarlierContracts contracts, EarlierContract earlier, string? knownAt)
    {
        (this.contracts, this.earlier) = (contracts, earlier);
        var column = knownAt is null ? null : new KnownAtColumn(earlier.Plan, knownAt);
        reader = new RowReader(earlier.Plan, column is { ContractIndex: < 0 } ? column : null);
        Row = new Value[earlier.Plan.Fields.Length];
        Closed = new Problem(
            "FLY3144", $"The columns are those of version {earlier.Plan.Version}, which was accepted until {earlier.Until}.", Remedy: $"Send the columns of version {earlier.Present.Version}.");
    }

    /// <summary>The earlier version.</summary>
    public ContractPlan Plan => earlier.Plan;

    /// <summary>Whether its rows are taken now.</summary>
    public bool IsOpen => contracts.IsOpen(earlier);

    /// <summary>What a row of the earlier version's columns meets after the time agreed.</summary>
    public Problem Closed { get; }

    /// <summary>For readers of files: the row in the columns of the earlier version.</summary>
    public Value[] Row { get; }

    /// <summary>What is wrong with <see cref="Row"/>.</summary>
    public RowProblems Problems { get; } = new();

    /// <summary>What a column beside the earlier version held in the row just read.</summary>
    public long? BesideMicros => reader.BesideMicros;

    /// <summary>False after the time agreed, and for a row that breaks the earlier version too; then <paramref name="row"/> is as it was.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, Span<Value> row)
    {
        if (!IsOpen || !reader.Read(json, Row, Problems))
        {
            return false;
        }

        Take(row);
        return true;
    }

    /// <summary>Puts <see cref="Row"/> into the columns of the present version: what is personal by either is stored so.</summary>
    public void Take(Span<Value> row)
    {
        row.Clear();
        for (var i = 0; i < Row.Length; i++)
        {
            var at = earlier.Columns[i];
            if (at >= 0)
            {
                // A token is not tokenised again; what the present version drops is dropped, whatever stands for it.
                row[at] = Plan.TreatmentOf(i) == PrivacyTreatment.Keep || earlier.Present.TreatmentOf(at) == PrivacyTreatment.Drop ? earlier.Present.Protect(at, Row[i]) : Row[i];
            }
        }
    }
}
