using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Pipeline;

/// <summary>The steps of runs in the catalog, appended as they are made.</summary>
internal sealed class StepStore(Catalog catalog)
{
    /// <summary>Durable when it completes. Cost: one commit.</summary>
    public Task<int> AppendAsync(string runId, StepRecord step, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) =>
        {
            var ordinal = db.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM run_steps WHERE run_id = @runId", new { runId }, tx);
            return db.Execute(
                """
                INSERT INTO run_steps (run_id, ordinal, attempt, step, state, step_key, started_at, seconds, cpu_seconds, peak_memory_bytes, detail, inputs, outputs, log)
                VALUES (@runId, @ordinal, @Attempt, @Step, @State, @Key, @StartedAt, @Seconds, @CpuSeconds, @PeakMemoryBytes, @Detail, @inputs, @outputs, @log)
                """,
                new
                {
                    runId,
                    ordinal,
                    step.Attempt,
                    step.Step,
                    step.State,
                    step.Key,
                    step.StartedAt,
                    step.Seconds,
                    step.CpuSeconds,
                    step.PeakMemoryBytes,
                    step.Detail,
                    inputs = step.Inputs?.ToJsonString(),
                    outputs = step.Outputs?.ToJsonString(),
                    log = JsonSerializer.Serialize(step.Log, TrainingJson.Options),
                },
                tx);
        },
        cancellation);

    /// <summary>All steps of all attempts, in the order they were made.</summary>
    public IReadOnlyList<StepRecord> Of(string runId) => catalog.Read(db => Of(db, runId));

    private static List<StepRecord> Of(IDbConnection db, string runId) =>
        [.. db.Query<Row>(
            """
            SELECT step AS Step, attempt AS Attempt, state AS State, step_key AS Key, started_at AS StartedAt, seconds AS Seconds, cpu_seconds AS CpuSeconds,
                   peak_memory_bytes AS PeakMemoryBytes, detail AS Detail, inputs AS Inputs, outputs AS Outputs, log AS Log
            FROM run_steps WHERE run_id = @runId ORDER BY ordinal
            """,
            new { runId }).Select(r => r.ToRecord())];

    /// <summary>A row; settable members, because databases differ in the width of their numbers.</summary>
    private sealed class Row
    {
        public string Step { get; set; } = "";

        public int Attempt { get; set; }

        public string State { get; set; } = "";

        public string? Key { get; set; }

        public string StartedAt { get; set; } = "";

        public double Seconds { get; set; }

        public double CpuSeconds { get; set; }

        public long PeakMemoryBytes { get; set; }

        public string Detail { get; set; } = "";

        public string? Inputs { get; set; }

        public string? Outputs { get; set; }

        public string Log { get; set; } = "[]";

        public StepRecord ToRecord() => new(
            Step, Attempt, State, Key, StartedAt, Seconds, CpuSeconds, PeakMemoryBytes, Detail, Parse(Inputs), Parse(Outputs), JsonSerializer.Deserialize<List<string>>(Log, TrainingJson.Options) ?? []);

        private static JsonObject? Parse(string? json) => json is null ? null : JsonNode.Parse(json) as JsonObject;
    }
}
