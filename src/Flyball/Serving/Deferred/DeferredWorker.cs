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
/// <item>They go through the desk like live ones, in the class that makes room for those: one that finds none waits for the next look.</item>
/// <item>Their predictions are logged under the job's name. After a crash between this and the next step the job comes again, and finds them there: they
/// are its answer, whatever a version would say now.</item>
/// <item>The answer, and the event for the webhook, are kept in one transaction.</item>
/// </list>
/// </summary>
internal sealed class DeferredWorker(DeferredPredictions queue, PredictionDesk desk, Workspace workspace, DeferredOptions options, ILogger<DeferredWorker> log)
{
    private const int Page = 32;

    private EventTime Now => EventTime.From(workspace.Time.GetUtcNow());

    /// <summary>Tries each request that waits once, in their order.</summary>
    /// <returns>How many were answered.</returns>
    public async Task<int> PumpAsync(CancellationToken cancellation)
    {
        await queue.Store.ForgetAsync(Now, cancellation);
        var answered = 0;
        var busy = new HashSet<string>(StringComparer.Ordinal);
        for (IReadOnlyList<DeferredJob> page = queue.Store.Next(0, Page); page.Count > 0; page = queue.Store.Next(page[^1].Ordinal, Page))
        {
            foreach (var job in page.Where(j => !busy.Contains(j.Model)))
            {
                queue.NoteRunning(job.Id);
                if (await GuardAsync(job, cancellation))
                {
                    answered++;
                }
                else
                {
                    // What comes behind it would find the same.
                    busy.Add(job.Model);
                }
            }
        }

        queue.NoteRunning(null);
        return answered;
    }

    /// <summary>A request that breaks something is tried again like one that nothing can answer, and does not keep those of other models waiting.</summary>
    private async Task<bool> GuardAsync(DeferredJob job, CancellationToken cancellation)
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

    private async Task<bool> AnswerAsync(DeferredJob job, CancellationToken cancellation)
    {
        if (desk.PlanFor(job.Model) is not { } plan)
        {
            return await TryLaterAsync(job, desk.RefusalOf(job.Model), cancellation);
        }

        if (Rows(job, plan) is not { } rows)
        {
            return await queue.Store.FinishAsync(job, DeferredStates.Failed, Document(DeferredProblems.Changed), Now, cancellation);
        }

        var terms = new PredictionTerms(PredictionRoute.Deferred, workspace.Time.GetTimestamp(), job.Caller, null, Priority.Batch) { Name = job.Id };
        var answer = await desk.PredictAsync(plan, rows, terms, cancellation);
        if (answer.Problem is null)
        {
            answer = await desk.KeepOnceAsync(job.Id, answer.Records, cancellation);
        }

        return answer.Problem is { } problem
            ? await TryLaterAsync(job, problem, cancellation)
            : await queue.Store.FinishAsync(job, DeferredStates.Done, Written(plan, answer.Records, job.Several != 0), Now, cancellation);
    }

    /// <summary>Leaves the request where it is, unless it was tried for long enough.</summary>
    private async Task<bool> TryLaterAsync(DeferredJob job, Problem problem, CancellationToken cancellation)
    {
        // Too much work, or a log that takes nothing, says nothing about the request.
        var isOfRequest = problem.Code is not ("FLY5002" or "FLY5004");
        return isOfRequest && Now.Micros - job.CreatedMicros >= options.Patience.TotalMicroseconds
            && await queue.Store.FinishAsync(job, DeferredStates.Failed, Document(problem), Now, cancellation);
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
}
