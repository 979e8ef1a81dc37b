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

    /// <summary>Why there is no plan of a model.</summary>
    public Problem RefusalOf(string model) => predictor.RefusalOf(model);

    /// <summary>Whether anything can answer for a plan: its champion is loaded, or the version before or the declared rule stands in.</summary>
    public bool CanAnswer(TrafficPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var serve = predictor.DefinitionOf(plan.Model);
        return plan.Champion.Missing is null || (!plan.IsByName && ((serve.PreviousVersion && plan.Previous is not null) || serve.Rule is not null));
    }

    /// <summary>What a version did since the start; zeros for one that did nothing.</summary>
    public VersionFigures FiguresOf(string model, int version) => predictor.Statistics.FiguresOf(model, version);

    /// <summary>Whether there is so much work that a request would be refused once it was read, told by its length: refusing it before costs a tenth.</summary>
    /// <param name="bytes">Length of the body; null when it is not known.</param>
    /// <returns>FLY5004, or null.</returns>
    public Problem? RefusesUnread(TrafficPlan plan, Priority priority, long? bytes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (bytes is not { } length || !admission.DoorOf(plan.Model, predictor.DefinitionOf(plan.Model)).IsClosedTo(priority, length))
        {
            return null;
        }

        ServingMeters.Shed(plan.Model, priority, AdmissionOutcome.Refused);
        predictor.Statistics.Of(plan.Model, plan.Champion.Version).NoteUnanswered(0);
        return Overloaded;
    }

    /// <summary>Answers rows in their order.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>The records, or the problem: FLY5001 and FLY5003 when a row got no answer, FLY5002 when answers have to be logged and the log takes none, FLY5004 when there is too much work.</returns>
    public ValueTask<DeskAnswer> AnswerAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var serve = predictor.DefinitionOf(plan.Model);
        var door = admission.DoorOf(plan.Model, serve);
        if (terms.Bytes is { } bytes && rows.Length > 0)
        {
            door.NoteLength(rows.Length, bytes);
        }

        return door.IsOpenTo(terms.Priority, rows.Length)
            ? LogAsync(plan, terms, (Predict(door, plan, rows.Span, terms), 0), cancellation)
            : QueueAndLogAsync(door, plan, rows, terms, cancellation);
    }

    /// <summary>Answers rows and logs nothing: for a caller who keeps the records with something of their own.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>As <see cref="AnswerAsync"/>, but for FLY5002.</returns>
    internal async ValueTask<DeskAnswer> PredictAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        var (answer, queued) = await QueueAsync(admission.DoorOf(plan.Model, predictor.DefinitionOf(plan.Model)), plan, rows, terms, cancellation);
        Note(plan, answer, terms, queued);
        return answer;
    }

    /// <summary>Logs records under a name, once: what was logged under it before is what counts.</summary>
    /// <returns>The records that stand in the log; or FLY5002 when it takes none.</returns>
    internal ValueTask<DeskAnswer> KeepOnceAsync(string name, IReadOnlyList<PredictionRecord> records, CancellationToken cancellation) =>
        log.AppendOnceAsync(name, records, cancellation);

    private async ValueTask<DeskAnswer> QueueAndLogAsync(ModelDoor door, TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation) =>
        await LogAsync(plan, terms, await QueueAsync(door, plan, rows, terms, cancellation), cancellation);

    private async ValueTask<(DeskAnswer Answer, long Queued)> QueueAsync(ModelDoor door, TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        var outcome = await door.Queue.EnterAsync(terms.Priority, door.CostOf(rows.Length), terms.DeadlineUnder(door.Serve, time), cancellation);
        if (outcome != AdmissionOutcome.Admitted)
        {
            ServingMeters.Shed(plan.Model, terms.Priority, outcome);
            return (new DeskAnswer([], outcome == AdmissionOutcome.Late ? Predictor.TooLate : Overloaded), 0);
        }

        var queued = time.GetTimestamp() - asked;
        try
        {
            return (Predict(door, plan, rows.Span, terms), queued);
        }
        finally
        {
            door.Queue.Leave();
        }
    }

    private ValueTask<DeskAnswer> LogAsync(TrafficPlan plan, PredictionTerms terms, (DeskAnswer Answer, long Queued) made, CancellationToken cancellation)
    {
        var answer = made.Answer;
        if (answer.Problem is null && predictor.DefinitionOf(plan.Model).LogRequired)
        {
            return KeepAsync(plan, terms, made, cancellation);
        }

        Note(plan, answer, terms, made.Queued);

        foreach (var record in answer.Records)
        {
            log.Post(record);
        }

        return new(answer);
    }

    private async ValueTask<DeskAnswer> KeepAsync(TrafficPlan plan, PredictionTerms terms, (DeskAnswer Answer, long Queued) made, CancellationToken cancellation)
    {
        var answer = await log.TryAppendAsync(made.Answer.Records, cancellation) is { } unlogged ? new DeskAnswer([], unlogged) : made.Answer;
        Note(plan, answer, terms, made.Queued);
        return answer;
    }

    /// <summary>Counts a request with the versions that answered it; one without an answer with the version that stood for the model.</summary>
    private void Note(TrafficPlan plan, in DeskAnswer answer, in PredictionTerms terms, long queued)
    {
        var took = time.GetTimestamp() - terms.Started;
        if (answer.Records.Count == 0)
        {
            predictor.Statistics.Of(plan.Model, plan.Champion.Version).NoteUnanswered(took);
            return;
        }

        var first = answer.Records[0].Version;
        predictor.Statistics.Of(plan.Model, first).NoteAnswered(took, queued);
        foreach (var other in answer.Records.Count == 1 ? [] : answer.Records.Select(r => r.Version).Where(v => v != first).Distinct())
        {
            predictor.Statistics.Of(plan.Model, other).NoteAnswered(took, queued);
        }
    }

    private static Problem Overloaded { get; } =
        new("FLY5004", "More is asked of this model than can be answered in time.", Remedy: "Retry after the time that Retry-After states, with fewer requests at once; serve: concurrency and queue set the bounds.");

    private DeskAnswer Predict(ModelDoor door, TrafficPlan plan, ReadOnlySpan<RequestRow> rows, PredictionTerms terms)
    {
        var started = time.GetTimestamp();
        var records = new PredictionRecord[rows.Length];
        for (var i = 0; i < records.Length; i++)
        {
            if (predictor.Predict(plan, rows[i].Values, rows[i].Canonical, terms.NameOf(i, records.Length) ?? ids.Next(), terms, out var problem) is not { } record)
            {
                return new DeskAnswer([], rows.Length == 1 ? problem : problem! with { Where = new ProblemLocation(Field: FormattableString.Invariant($"instances[{i}]")) });
            }

            ServingMeters.Filled(plan.Model, rows[i]);
            records[i] = rows[i].Defaulted.Count > 0 ? record with { Defaulted = rows[i].Defaulted } : record;
        }

        door.Note(rows.Length, started);
        return new DeskAnswer(records, null);
    }
}

/// <summary>What came of a request.</summary>
/// <param name="Records">One a row, in their order; empty when there is a problem.</param>
public readonly record struct DeskAnswer(IReadOnlyList<PredictionRecord> Records, Problem? Problem)
{
    /// <summary>Fields that took their declared values in any of the rows.</summary>
    public IReadOnlyList<string> Defaulted => [.. Records.SelectMany(r => r.Defaulted).Distinct(StringComparer.Ordinal)];
}
