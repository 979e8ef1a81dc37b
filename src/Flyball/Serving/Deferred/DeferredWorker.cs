using System.Buffers;
using System.Text;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Serving.Admission;
using Flyball.Workspaces;
using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Deferred;

/// <summary>
/// Answers requests that wait.
/// <list type="number">
/// <item>They go through the desk like live ones, in the class that makes room for those: one that finds none waits for the next look. One that nothing can
/// answer is tried again after rising times, and those behind it go first: it may be at fault itself.</item>
/// <item>Their predictions are logged under the job's name. After a crash between this and the next step the job comes again, and finds them there: they
/// are its answer, whatever a version would say now.</item>
/// <item>The answer, and the event for the webhook, are kept in one transaction.</item>
/// </list>
/// </summary>
internal sealed class DeferredWorker(DeferredPredictions queue, PredictionDesk desk, Workspace workspace, DeferredOptions options, ILogger<DeferredWorker> log)
{
    private const int Page = 256;

    /// <summary>So many requests of a model that were tried before are tried again in one look: the rest of it is for those that were not.</summary>
    private const int MostAgain = 8;

    private readonly RetryTimes retries = new(workspace.Time);

    private EventTime Now => EventTime.From(workspace.Time.GetUtcNow());

    /// <summary>Tries each request that waits, in their order; one that nothing could answer lately is passed over for a while, and holds up none behind it.</summary>
    /// <returns>How many were answered.</returns>
    public async Task<int> PumpAsync(CancellationToken cancellation)
    {
        await queue.Store.ForgetAsync(Now, cancellation);
        var look = new Look();
        for (IReadOnlyList<WaitingJob> page = queue.Store.Next(0, Page); page.Count > 0; page = queue.Store.Next(page[^1].Ordinal, Page))
        {
            foreach (var waiting in page)
            {
                look.Waits.Add(waiting.Id);
                if (!look.Busy.Contains(waiting.Model) && IsTurn(waiting, look.Again))
                {
                    await TryAsync(waiting, look, cancellation);
                }
            }
        }

        queue.NoteRunning(null);
        retries.KeepOnly(look.Waits);
        return look.Answered;
    }

    private async Task TryAsync(WaitingJob waiting, Look look, CancellationToken cancellation)
    {
        if (queue.Store.Find(waiting.Id) is not { State: DeferredStates.Queued } job)
        {
            return;
        }

        queue.NoteRunning(job.Id);
        switch (await GuardAsync(job, cancellation))
        {
            case Tried.Answered:
                look.Answered++;
                break;
            case Tried.Again:
                retries.NoteFailure(job.Id);
                break;
            default:
                // What comes behind it would find no room either.
                look.Busy.Add(job.Model);
                break;
        }
    }

    /// <summary>Whether a request is tried in this look: those that were not yet, and a few of those whose time has come again.</summary>
    private bool IsTurn(WaitingJob waiting, Dictionary<string, int> again)
    {
        if (!retries.WasTried(waiting.Id))
        {
            return true;
        }

        var tried = again.GetValueOrDefault(waiting.Model);
        if (tried == MostAgain || !retries.IsDue(waiting.Id))
        {
            return false;
        }

        again[waiting.Model] = tried + 1;
        return true;
    }

    /// <summary>A request that breaks something is tried again like one that nothing can answer.</summary>
    private async Task<Tried> GuardAsync(DeferredJob job, CancellationToken cancellation)
    {
        try
        {
            return await AnswerAsync(job, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Log.JobFailed(log, job.Id, e);
            return await TryLaterAsync(job, DeferredProblems.Broken, cancellation);
        }
    }

    private async Task<Tried> AnswerAsync(DeferredJob job, CancellationToken cancellation)
    {
        if (desk.PlanFor(job.Model) is not { } plan)
        {
            return await TryLaterAsync(job, desk.RefusalOf(job.Model), cancellation);
        }

        if (Rows(job, plan) is not { } rows)
        {
            return await FinishAsync(job, DeferredStates.Failed, Document(DeferredProblems.Changed), cancellation);
        }

        var terms = new PredictionTerms(PredictionRoute.Deferred, workspace.Time.GetTimestamp(), job.Caller, null, Priority.Batch) { Name = job.Id };
        var answer = await desk.PredictAsync(plan, rows, terms, cancellation);
        if (answer.Problem is null)
        {
            answer = await desk.KeepOnceAsync(job.Id, answer.Records, cancellation);
        }

        return answer.Problem is { } problem
            ? await TryLaterAsync(job, problem, cancellation)
            : await FinishAsync(job, DeferredStates.Done, Written(plan, answer.Records, job.Several != 0), cancellation);
    }

    private async Task<Tried> FinishAsync(DeferredJob job, string state, string answer, CancellationToken cancellation)
    {
        await queue.Store.FinishAsync(job, state, answer, Now, cancellation);
        return Tried.Answered;
    }

    /// <summary>Leaves the request where it is, unless it was tried for long enough.</summary>
    private async Task<Tried> TryLaterAsync(DeferredJob job, Problem problem, CancellationToken cancellation)
    {
        // Too much work, or a log that takes nothing, says nothing about the request.
        if (problem.Code is "FLY5002" or "FLY5004")
        {
            return Tried.NoRoom;
        }

        return Now.Micros - job.CreatedMicros >= options.Patience.TotalMicroseconds ? await FinishAsync(job, DeferredStates.Failed, Document(problem), cancellation) : Tried.Again;
    }

    private static RequestRow[]? Rows(DeferredJob job, TrafficPlan plan)
    {
        var contract = plan.Champion.Vector.Request;
        using var request = JsonDocument.Parse(job.Request);
        var rows = new List<RequestRow>(job.Instances);
        foreach (var stored in request.RootElement.EnumerateArray())
        {
            var (text, row) = (Encoding.UTF8.GetBytes(stored.GetRawText()), new Value[contract.Schema.Fields.Count]);
            if (!RowCodec.Of(contract).TryReadStored(text, row))
            {
                return null;
            }

            rows.Add(new RequestRow(row, text));
        }

        return [.. rows];
    }

    private static string Document(Problem problem) => ProblemResults.Document([problem]).ToJsonString();

    private static string Written(TrafficPlan plan, IReadOnlyList<PredictionRecord> records, bool several)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            PredictionJson.WriteAll(plan, records, several, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>One pass over all that wait.</summary>
    private sealed class Look
    {
        /// <summary>Their ids.</summary>
        public HashSet<string> Waits { get; } = new(StringComparer.Ordinal);

        /// <summary>Models that have no room now.</summary>
        public HashSet<string> Busy { get; } = new(StringComparer.Ordinal);

        /// <summary>How many requests of a model were tried once more.</summary>
        public Dictionary<string, int> Again { get; } = new(StringComparer.Ordinal);

        public int Answered { get; set; }
    }

    /// <summary>What came of a try.</summary>
    private enum Tried
    {
        /// <summary>There is an answer, be it that there is none.</summary>
        Answered,

        /// <summary>Nothing could answer this one now.</summary>
        Again,

        /// <summary>There was no room, which the next one would not find either.</summary>
        NoRoom,
    }
}
