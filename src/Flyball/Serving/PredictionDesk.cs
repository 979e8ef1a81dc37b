using Flyball.Engine.Problems;
using Flyball.Serving.Admission;

namespace Flyball.Serving;

/// <summary>
/// Where every protocol hands its requests in: they are predicted, logged as the model's file says, and answered all or not at all.
/// </summary>
public sealed class PredictionDesk(Predictor predictor, PredictionLog log, RequestIds ids, ModelAdmission admission, TimeProvider time)
{
    /// <summary>The traffic plan of a model, or null when nothing is deployed under that name.</summary>
    public TrafficPlan? PlanFor(string model) => predictor.PlanFor(model);

    /// <summary>Answers rows in their order.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>The records, or the problem: FLY5001 and FLY5003 when a row got no answer, FLY5002 when answers have to be logged and the log takes none, FLY5004 when there is too much work.</returns>
    public async ValueTask<DeskAnswer> AnswerAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var serve = predictor.DefinitionOf(plan.Model);
        var (outcome, answer) = await admission.RunAsync(
            plan.Model, serve, terms.Priority, rows.Length, terms.DeadlineUnder(serve, time), () => Predict(plan, rows.Span, terms), cancellation);
        if (outcome != AdmissionOutcome.Admitted)
        {
            return new DeskAnswer([], outcome == AdmissionOutcome.Late ? Predictor.TooLate : Overloaded);
        }

        if (answer.Problem is not null)
        {
            return answer;
        }

        if (serve.LogRequired)
        {
            return await log.TryAppendAsync(answer.Records, cancellation) is { } unlogged ? new DeskAnswer([], unlogged) : answer;
        }

        foreach (var record in answer.Records)
        {
            log.Post(record);
        }

        return answer;
    }

    private static Problem Overloaded { get; } =
        new("FLY5004", "More is asked of this model than can be answered in time.", Remedy: "Retry after the time that Retry-After states, with fewer requests at once; serve: concurrency and queue set the bounds.");

    private DeskAnswer Predict(TrafficPlan plan, ReadOnlySpan<RequestRow> rows, PredictionTerms terms)
    {
        var records = new PredictionRecord[rows.Length];
        for (var i = 0; i < records.Length; i++)
        {
            if (predictor.Predict(plan, rows[i].Values, rows[i].Canonical, ids.Next(), terms, out var problem) is not { } record)
            {
                return new DeskAnswer([], rows.Length == 1 ? problem : problem! with { Where = new ProblemLocation(Field: FormattableString.Invariant($"instances[{i}]")) });
            }

            records[i] = record;
        }

        return new DeskAnswer(records, null);
    }
}

/// <summary>What came of a request.</summary>
/// <param name="Records">One a row, in their order; empty when there is a problem.</param>
public readonly record struct DeskAnswer(IReadOnlyList<PredictionRecord> Records, Problem? Problem);
