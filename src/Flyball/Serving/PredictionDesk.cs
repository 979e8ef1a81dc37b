using Flyball.Engine.Problems;

namespace Flyball.Serving;

/// <summary>
/// Where every protocol hands its requests in: they are predicted, logged as the model's file says, and answered all or not at all.
/// </summary>
public sealed class PredictionDesk(Predictor predictor, PredictionLog log, RequestIds ids)
{
    /// <summary>The traffic plan of a model, or null when nothing is deployed under that name.</summary>
    public TrafficPlan? PlanFor(string model) => predictor.PlanFor(model);

    /// <summary>Answers rows in their order.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>The records, or the problem: FLY5001 and FLY5003 when a row got no answer, FLY5002 when answers have to be logged and the log takes none.</returns>
    public async ValueTask<DeskAnswer> AnswerAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var records = new PredictionRecord[rows.Length];
        for (var i = 0; i < records.Length; i++)
        {
            var row = rows.Span[i];
            if (predictor.Predict(plan, row.Values, row.Canonical, ids.Next(), terms, out var problem) is not { } record)
            {
                return new DeskAnswer([], rows.Length == 1 ? problem : problem! with { Where = new ProblemLocation(Field: FormattableString.Invariant($"instances[{i}]")) });
            }

            records[i] = record;
        }

        if (predictor.DefinitionOf(plan.Model).LogRequired)
        {
            return await log.TryAppendAsync(records, cancellation) is { } unlogged ? new DeskAnswer([], unlogged) : new DeskAnswer(records, null);
        }

        foreach (var record in records)
        {
            log.Post(record);
        }

        return new DeskAnswer(records, null);
    }
}

/// <summary>What came of a request.</summary>
/// <param name="Records">One a row, in their order; empty when there is a problem.</param>
public readonly record struct DeskAnswer(IReadOnlyList<PredictionRecord> Records, Problem? Problem);
