using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flyball.Training.Pipeline;

/// <summary>Takes the lines of a run's child process: passes them on, and keeps each step that is done in the catalog. One run each.</summary>
internal sealed class StepKeeper
{
    private readonly StepStore store;
    private readonly string runId;
    private readonly int attempt;
    private readonly Action<string>? progress;
    private readonly Channel<StepRecord> done = Channel.CreateUnbounded<StepRecord>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task keeping;
    private volatile string current = StepNames.Extract;

    public StepKeeper(StepStore store, string runId, int attempt, Action<string>? progress)
    {
        (this.store, this.runId, this.attempt, this.progress) = (store, runId, attempt, progress);
        keeping = KeepAsync();
    }

    /// <summary>One line of the child process. A line that is nothing of ours is passed over.</summary>
    public void Take(string line)
    {
        progress?.Invoke(line);
        if (Parse(line) is not { } report || (string?)report["step"] is not { } step)
        {
            return;
        }

        current = step;
        if (report["started_at"] is not null && report.Deserialize<StepRecord>(TrainingJson.Options) is { } record)
        {
            done.Writer.TryWrite(record with { Attempt = attempt });
        }
    }

    /// <summary>Waits until every step that was reported is durable.</summary>
    public async Task DrainAsync()
    {
        done.Writer.TryComplete();
        await keeping;
    }

    /// <summary>Keeps what made the run fail as the end of the step it stood in.</summary>
    public async Task FailAsync(string reason, TimeProvider time)
    {
        done.Writer.TryWrite(new StepRecord(current, attempt, "failed", null, time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture), 0, 0, 0, reason, null, null, reason.Split('\n')));
        await DrainAsync();
    }

    private async Task KeepAsync()
    {
        await foreach (var record in done.Reader.ReadAllAsync())
        {
            await store.AppendAsync(runId, record, CancellationToken.None);
        }
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
