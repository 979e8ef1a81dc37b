using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.Datasets;

namespace Flyball.Training.Pipeline;

/// <summary>
/// The steps of one run in their process: times each, counts what it cost, reports it as a line, and keeps its outputs, so that a run that
/// was cut off goes on where it stood.
/// </summary>
/// <param name="directory">The job folder; outputs go to <c>steps/STEP</c> in it.</param>
/// <param name="time">For durations and instants.</param>
/// <param name="report">Takes one line of JSON a happening: a step that starts, a line of its log, a step that is done.</param>
internal sealed class PipelineSteps(string directory, TimeProvider time, Action<string> report)
{
    /// <summary>The folder of outputs in a job folder.</summary>
    public const string FolderName = "steps";

    private const int KeptLines = 200;

    private readonly List<StepRecord> made = [];
    private readonly Queue<string> log = [];
    private string current = "";

    /// <summary>What was made so far, in order.</summary>
    public IReadOnlyList<StepSummary> Summaries => [.. made.Select(m => new StepSummary(m.Step, m.Seconds, m.Detail))];

    /// <summary>A step whose outcome stays in memory: made again by every attempt.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="work">What it does; the detail says it in a few words.</param>
    public T Run<T>(string step, Func<(T Made, string Detail)> work)
    {
        var meter = Begin(step);
        var (outcome, detail) = work();
        End(meter, "done", null, detail, null, null);
        return outcome;
    }

    /// <summary>A step whose outcome may have been stored by an earlier run.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="work">What it does.</param>
    /// <param name="stored">Afterwards, what became of the stored outcome; null when none may be used.</param>
    public T Run<T>(string step, Func<(T Made, string Detail)> work, Func<StoredUse?> stored)
    {
        var meter = Begin(step);
        var (outcome, detail) = work();
        var use = stored();
        End(meter, use is { Taken: true } ? "cached" : "done", use?.Key, detail, null, use?.Digest is { } digest ? new JsonObject { ["values"] = digest.Hex } : null);
        return outcome;
    }

    /// <summary>A step with outputs on disk: read back when they are there for the same inputs.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="inputs">All it depends on.</param>
    /// <param name="work">Does it.</param>
    /// <param name="save">Writes the outcome.</param>
    /// <param name="load">Reads it back.</param>
    public T Run<T>(string step, JsonObject inputs, Func<(T Made, string Detail)> work, Action<T, StepFiles> save, Func<StepFiles, (T Made, string Detail)> load)
    {
        var meter = Begin(step);
        var key = KeyOf(step, inputs);
        var files = new StepFiles(Path.Combine(directory, FolderName, step));
        if (files.Holds(key))
        {
            var (kept, words) = load(files);
            End(meter, "kept", key, words, inputs, files.Outputs);
            return kept;
        }

        files.Clear();
        var (outcome, detail) = work();
        save(outcome, files);
        files.Commit(key);
        End(meter, "done", key, detail, inputs, files.Outputs);
        return outcome;
    }

    /// <summary>Adds a line to the log of the step that runs.</summary>
    public void Say(string line)
    {
        log.Enqueue(line);
        if (log.Count > KeptLines)
        {
            log.Dequeue();
        }

        report(new JsonObject { ["step"] = current, ["log"] = line }.ToJsonString());
    }

    /// <summary>Names the outputs of a step by what they follow from.</summary>
    public static Digest KeyOf(string step, JsonObject inputs) => CanonicalJson.Digest(new JsonObject { ["step"] = step, ["inputs"] = inputs.DeepClone() });

    private Meter Begin(string step)
    {
        current = step;
        log.Clear();
        report(new JsonObject { ["step"] = step, ["state"] = "started" }.ToJsonString());
        return new Meter(time.GetUtcNow(), time.GetTimestamp(), Environment.CpuUsage.TotalTime);
    }

    private void End(Meter meter, string state, Digest? key, string detail, JsonObject? inputs, JsonObject? outputs)
    {
        using var process = Process.GetCurrentProcess();
        var record = new StepRecord(
            current,
            1,
            state,
            key?.Hex,
            meter.StartedAt.ToString("o", CultureInfo.InvariantCulture),
            Math.Round(time.GetElapsedTime(meter.Started).TotalSeconds, 3),
            Math.Round((Environment.CpuUsage.TotalTime - meter.Cpu).TotalSeconds, 3),
            process.PeakWorkingSet64,
            detail,
            (JsonObject?)inputs?.DeepClone(),
            (JsonObject?)outputs?.DeepClone(),
            [.. log]);
        made.Add(record);
        report(JsonSerializer.Serialize(record, TrainingJson.Options));
    }

    private readonly record struct Meter(DateTimeOffset StartedAt, long Started, TimeSpan Cpu);
}
