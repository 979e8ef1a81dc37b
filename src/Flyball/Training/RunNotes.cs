using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Training.Tracking;
using Microsoft.Extensions.Logging;

namespace Flyball.Training;

/// <summary>
/// Notes this program's runs beside those that others log: at the start, the end and the failure of each. What goes wrong with a note is logged and
/// never stops a run; a note that is missing or behind is made up for when the program starts.
/// </summary>
/// <remarks>Cost: one transaction a note.</remarks>
public sealed class RunNotes(NativeRuns native, ILogger<RunNotes> logger)
{
    /// <summary>Values of parameters longer than this are files or programs, not parameters.</summary>
    private const int LongestParam = 500;

    /// <summary>Notes a run as it is now.</summary>
    public Task NoteAsync(TrainingRun run, CancellationToken cancellation) => SafelyAsync(run.RunId, () => native.RecordAsync(Of(run), cancellation));

    /// <summary>Notes the version that came out of a run.</summary>
    public Task NoteVersionAsync(TrainingRun run, int version, CancellationToken cancellation) => SafelyAsync(
        run.RunId,
        () => native.RecordAsync(Of(run) with { Tags = [.. TagsOf(run), new KeyText("flyball.version", version.ToString(CultureInfo.InvariantCulture))] }, cancellation));

    /// <summary>The runs of these whose notes do not say the same.</summary>
    /// <param name="runs">Ids with their states.</param>
    public IReadOnlyList<string> Behind(IEnumerable<KeyValuePair<string, string>> runs)
    {
        try
        {
            var noted = native.Noted();
            return [.. runs.Where(r => noted.GetValueOrDefault(r.Key) != StatusOf(r.Value)).Select(r => r.Key)];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.NotNoted(logger, "all", e.Message);
            return [];
        }
    }

    /// <summary>The status, as clients of experiments know it, of a state of <see cref="RunStates"/>.</summary>
    public static string StatusOf(string state) => state switch
    {
        RunStates.Running => RunStatus.Running,
        RunStates.Succeeded => "FINISHED",
        RunStates.Failed => "FAILED",
        _ => "KILLED",
    };

    internal static NativeRun Of(TrainingRun run)
    {
        var identity = Parse(run.Identity);
        return new NativeRun(
            run.RunId, run.Model, run.Author, StatusOf(run.State), Millis(run.StartedAt)!.Value, Millis(run.FinishedAt), [.. ParamsOf(identity)], MetricsOf(run), TagsOf(run));
    }

    /// <summary>What it was trained with: the trainer's parameters under their own names, and what else decides the model.</summary>
    private static IEnumerable<KeyText> ParamsOf(JsonObject? identity)
    {
        if (identity?["trainer"] is JsonObject trainer)
        {
            foreach (var (name, value) in trainer.SelectMany(m => m is { Key: "parameters", Value: JsonObject own } ? own.AsEnumerable() : [m]))
            {
                if (Text(value) is { } text)
                {
                    yield return new KeyText(name == "kind" ? "trainer" : name, text);
                }
            }
        }

        foreach (var name in (string[])["calibrate", "horizon", "permute_labels"])
        {
            if (Text(identity?[name]) is { } text)
            {
                yield return new KeyText(name, text);
            }
        }

        if (Text(identity?["split"]?["by"]) is { } by)
        {
            yield return new KeyText("split", by);
        }
    }

    private static Dictionary<string, double> MetricsOf(TrainingRun run) =>
        Parse(run.Result)?["metrics"] is JsonObject metrics
            ? metrics.Where(m => m.Value is not null).ToDictionary(m => m.Key, m => m.Value!.GetValue<double>(), StringComparer.Ordinal)
            : [];

    private static List<KeyText> TagsOf(TrainingRun run)
    {
        var (identity, source) = (Parse(run.Identity), Parse(run.Source));
        List<KeyText> tags = [new("flyball.model", run.Model), new("mlflow.user", run.Author), new("mlflow.source.type", "JOB"), new("mlflow.source.name", "flyball train")];
        Add("flyball.bundle", run.Bundle);
        Add("flyball.definition", Text(identity?["definition"]));
        Add("flyball.features", Text(identity?["features"]));
        Add("flyball.commit", Text(source?["commit"]));
        Add("flyball.commit.claimed", Text(source?["claimed"]?["commit"]));
        Add("flyball.dirty", Text(source?["dirty"]));
        Add("mlflow.source.git.commit", Text(source?["commit"]));
        Add("mlflow.source.git.branch", Text(source?["branch"]));
        Add("flyball.error", run.Error);
        foreach (var table in (identity?["tables"] as JsonArray ?? []).Select(Text).OfType<string>().Select(t => t.Split(' ')).Where(t => t.Length == 2))
        {
            tags.Add(new KeyText($"flyball.dataset.{table[0]}", table[1]));
        }

        return tags;

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                tags.Add(new KeyText(key, value));
            }
        }
    }

    private async Task SafelyAsync(string run, Func<Task> note)
    {
        try
        {
            await note();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.NotNoted(logger, run, e.Message);
        }
    }

    private static long? Millis(string? instant) =>
        instant is null ? null : DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).ToUnixTimeMilliseconds();

    private static string? Text(JsonNode? node) =>
        node is not JsonValue value ? null
        : value.TryGetValue<string>(out var text) ? text.Length <= LongestParam ? text : null
        : value.ToJsonString();

    private static JsonObject? Parse(string? json) => json is null ? null : JsonNode.Parse(json) as JsonObject;
}
