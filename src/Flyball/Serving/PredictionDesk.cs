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

    /// <summary>Whether there is so much work that a live request would be refused once it was read, told by its length: refusing it before costs a tenth.</summary>
    /// <param name="route">By which way it comes.</param>
    /// <param name="bytes">Length of the body; null when it is not known.</param>
    /// <returns>FLY5004, or null.</returns>
    public Problem? RefusesUnread(TrafficPlan plan, PredictionRoute route, long? bytes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!DoorOf(plan).IsClosedTo(route, bytes))
        {
            return null;
        }

        ServingMeters.Shed(plan.Model, Priority.Live, AdmissionOutcome.Refused);
        predictor.Statistics.Of(plan.Model, plan.Champion.Version).NoteUnanswered(0);
        return OverloadAnswer.Problem;
    }

    /// <summary>
    /// Lets a request in whose rows are yet to be read, judged by its length; where it has to wait, that is before anything was spent on it. Under pressure the
    /// caller goes on on a thread for work that was let in.
    /// </summary>
    /// <param name="plan">The plan in force.</param>
    /// <param name="terms">What goes with the request, its length among it.</param>
    /// <returns>To be disposed; FLY5004 or FLY5003 when it was not let in.</returns>
    public DeskAdmission EnterAsync(TrafficPlan plan, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var door = DoorOf(plan);
        return EnterAsync(door, plan.Model, door.ExpectedOf(terms.Route, terms.Bytes), terms, cancellation);
    }

    /// <summary>Answers rows in their order.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>The records, or the problem: FLY5001 and FLY5003 when a row got no answer, FLY5002 when answers have to be logged and the log takes none, FLY5004 when there is too much work.</returns>
    public ValueTask<DeskAnswer> AnswerAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var door = DoorOf(plan);
        var entering = EnterAsync(door, plan.Model, door.CostOf(rows.Length), terms, cancellation);
        return entering.IsCompleted
            ? AnswerAsync(entering.GetResult(), plan, rows, terms, cancellation)
            : WaitAndAnswerAsync(entering, plan, rows, terms, cancellation);
    }

    /// <summary>Answers the rows of a request that was let in, and gives its place back.</summary>
    /// <param name="entry">From <see cref="EnterAsync(TrafficPlan, PredictionTerms, CancellationToken)"/>.</param>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>As of a request that was not let in before.</returns>
    public ValueTask<DeskAnswer> AnswerAsync(DeskEntry entry, TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var answer = Predict(entry, plan, rows.Span, terms);
        if (answer.Problem is null && entry.Door!.Serve.LogRequired)
        {
            return KeepAsync(entry, plan, answer, terms, cancellation);
        }

        Count(entry, plan, answer, terms);
        foreach (var record in answer.Records)
        {
            log.Post(record);
        }

        return new(answer);
    }

    /// <summary>Answers rows and logs nothing: for a caller who keeps the records with something of their own.</summary>
    /// <param name="plan">The plan in force, by whose contract the rows were read.</param>
    /// <returns>The records, or the problem: as of any request, but for FLY5002.</returns>
    internal async ValueTask<DeskAnswer> PredictAsync(TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation)
    {
        var door = DoorOf(plan);
        var entry = await EnterAsync(door, plan.Model, door.CostOf(rows.Length), terms, cancellation);
        var answer = Predict(entry, plan, rows.Span, terms);
        Count(entry, plan, answer, terms);
        return answer;
    }

    /// <summary>Logs records under a name, once: what was logged under it before is what counts.</summary>
    /// <returns>The records that stand in the log; or FLY5002 when it takes none.</returns>
    internal ValueTask<DeskAnswer> KeepOnceAsync(string name, IReadOnlyList<PredictionRecord> records, CancellationToken cancellation) =>
        log.AppendOnceAsync(name, records, cancellation);

    private ModelDoor DoorOf(TrafficPlan plan) => admission.DoorOf(plan.Model, predictor.DefinitionOf(plan.Model));

    private DeskAdmission EnterAsync(ModelDoor door, string model, double expectedMicros, in PredictionTerms terms, CancellationToken cancellation) =>
        ModelDoor.IsOpenTo(terms.Priority, expectedMicros)
            ? new DeskAdmission(door, model)
            : new DeskAdmission(door, model, terms.Priority, door.EnterAsync(terms.Priority, expectedMicros, terms.DeadlineUnder(door.Serve, time), cancellation));

    private async ValueTask<DeskAnswer> WaitAndAnswerAsync(
        DeskAdmission entering, TrafficPlan plan, ReadOnlyMemory<RequestRow> rows, PredictionTerms terms, CancellationToken cancellation) =>
        await AnswerAsync(await entering, plan, rows, terms, cancellation);

    private async ValueTask<DeskAnswer> KeepAsync(DeskEntry entry, TrafficPlan plan, DeskAnswer made, PredictionTerms terms, CancellationToken cancellation)
    {
        var answer = await log.TryAppendAsync(made.Records, cancellation) is { } unlogged ? new DeskAnswer([], unlogged) : made;
        Count(entry, plan, answer, terms);
        return answer;
    }

    /// <summary>Counts a request with the versions that answered it; one without an answer with the version that stood for the model.</summary>
    private void Count(DeskEntry entry, TrafficPlan plan, in DeskAnswer answer, in PredictionTerms terms)
    {
        var took = time.GetTimestamp() - terms.Started;
        if (answer.Records.Count == 0)
        {
            predictor.Statistics.Of(plan.Model, plan.Champion.Version).NoteUnanswered(took);
            return;
        }

        var first = answer.Records[0].Version;
        predictor.Statistics.Of(plan.Model, first).NoteAnswered(took, entry.Queued);
        foreach (var other in answer.Records.Count == 1 ? [] : answer.Records.Select(r => r.Version).Where(v => v != first).Distinct())
        {
            predictor.Statistics.Of(plan.Model, other).NoteAnswered(took, entry.Queued);
        }
    }

    private DeskAnswer Predict(DeskEntry entry, TrafficPlan plan, ReadOnlySpan<RequestRow> rows, in PredictionTerms terms)
    {
        if (entry.Problem is { } refused)
        {
            return new DeskAnswer([], refused);
        }

        try
        {
            var records = new PredictionRecord[rows.Length];
            for (var i = 0; i < records.Length; i++)
            {
                if (predictor.Predict(plan, rows[i].Values, rows[i].Canonical, terms.NameOf(i, records.Length) ?? ids.Next(), terms, out var problem, out var isLasting) is not { } record)
                {
                    return new DeskAnswer([], rows.Length == 1 ? problem : problem! with { Where = new ProblemLocation(Field: FormattableString.Invariant($"instances[{i}]")) }) { IsLasting = isLasting };
                }

                ServingMeters.Filled(plan.Model, rows[i]);
                records[i] = rows[i].Defaulted.Count > 0 ? record with { Defaulted = rows[i].Defaulted } : record;
            }

            Note(entry, rows.Length, terms);
            return new DeskAnswer(records, null);
        }
        finally
        {
            entry.Dispose();
        }
    }

    /// <summary>Lets the door know what a request cost since it was let in, and how long it was.</summary>
    private static void Note(DeskEntry entry, int rows, in PredictionTerms terms)
    {
        entry.Door!.Note(rows, entry.Begun);
        if (terms.Bytes is { } bytes && rows > 0)
        {
            entry.Door.NoteLength(terms.Route, rows, bytes);
        }
    }
}

/// <summary>What came of a request.</summary>
/// <param name="Records">One a row, in their order; empty when there is a problem.</param>
public readonly record struct DeskAnswer(IReadOnlyList<PredictionRecord> Records, Problem? Problem)
{
    /// <summary>With a problem: whether the same versions would say the same to the same row at any time.</summary>
    internal bool IsLasting { get; init; }

    /// <summary>Fields that took their declared values in any of the rows.</summary>
    public IReadOnlyList<string> Defaulted => [.. Records.SelectMany(r => r.Defaulted).Distinct(StringComparer.Ordinal)];
}
