using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quarantine;

/// <summary>The body of a release or discard.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Seqs">Named rows.</param>
/// <param name="Rows">Edited copies to release in place of rows: <c>{"seq":…,"row":{…}}</c>.</param>
/// <param name="Rule">Every open row that was put aside for this code, column or rule.</param>
/// <param name="All">Every open row.</param>
/// <param name="After">With a rule or all: only rows after this position.</param>
internal sealed record QuarantineRequest(
    string Reason, IReadOnlyList<long>? Seqs = null, IReadOnlyList<QuarantineRequest.EditedRow>? Rows = null, string? Rule = null, bool All = false, long After = 0)
{
    /// <exception cref="FlyballException">FLY3002: it does not say which rows, or says it in two ways.</exception>
    public RowSelection ToSelection(bool isRelease)
    {
        var isNamed = Seqs is { Count: > 0 } || Rows is { Count: > 0 };
        var ways = (isNamed ? 1 : 0) + (Rule is null ? 0 : 1) + (All ? 1 : 0);
        if (ways != 1)
        {
            throw Wrong("seqs", "Say which rows, in one way: 'seqs' or 'rows', 'rule', or 'all'.");
        }

        if (!isRelease && Rows is { Count: > 0 })
        {
            throw Wrong("rows", "Only a release takes edited rows.");
        }

        var edits = new Dictionary<long, string>();
        foreach (var row in Rows ?? [])
        {
            if (row.Row.ValueKind != JsonValueKind.Object || !edits.TryAdd(row.Seq, row.Row.GetRawText()))
            {
                throw Wrong("rows", $"The edited row for {row.Seq} is no JSON object, or is there twice.");
            }
        }

        return new RowSelection(Seqs ?? [], Rule, After) { Edits = edits };
    }

    private static FlyballException Wrong(string field, string message) => new(new Problem("FLY3002", message, new ProblemLocation(Field: field)));

    /// <summary>A row as a person mended it.</summary>
    /// <param name="Seq">The row in quarantine that it stands for.</param>
    /// <param name="Row">All of it, with the tokens and marks of the listing where a value is not to change.</param>
    internal sealed record EditedRow(long Seq, JsonElement Row);
}
