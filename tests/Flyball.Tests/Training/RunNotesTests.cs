using Dapper;
using Flyball.Contracts;
using Flyball.Tests.Time;
using Flyball.Tests.Training.Tasks;
using Flyball.Training;
using Flyball.Training.Tracking;
using Flyball.Workspaces;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Training;

/// <summary>Notes of runs among the experiments: what they say, and that they never stop a run.</summary>
public sealed class RunNotesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-notes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_that_the_program_left_behind_is_noted_as_killed_when_it_starts_again()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), rows: 10);
        await using var workspace = Workspace.Open(folder, new ManualTimeProvider(), [.. TrainingTables.Migrations, .. TrackingTables.Migrations]);
        var (tracking, logger) = (new TrackingStore(workspace), new Kept());
        using var runs = new TrainingRuns(workspace, world.Events, new ActiveProject(world.Plan!), new TrainingOptions(), new RunNotes(tracking.Native, logger));
        await InsertAsync(workspace, new string('a', 64), "running");
        await InsertAsync(workspace, new string('b', 64), "failed");

        await runs.RecoverAsync(default);

        var killed = tracking.Runs.Get(new string('a', 32));
        Assert.Equal(("KILLED", "ann"), (killed.Status, killed.UserId));
        Assert.Contains(new KeyText("max_depth", "6"), killed.Params);
        Assert.Contains(new KeyText("trainer", "xgboost"), killed.Params);
        Assert.Contains(new KeyText("flyball.dataset.people", "123abc"), killed.Tags);
        Assert.Contains(new KeyText("mlflow.source.git.commit", "0123456789abcdef0123456789abcdef01234567"), killed.Tags);
        Assert.Equal("FAILED", tracking.Runs.Get(new string('b', 32)).Status);
        Assert.Empty(logger.Said);
    }

    [Fact]
    public async Task A_note_that_cannot_be_made_is_logged_and_stops_nothing()
    {
        // A catalog without the tables of experiments.
        await using var workspace = Workspace.Open(folder, new ManualTimeProvider(), [.. TrainingTables.Migrations]);
        var logger = new Kept();
        var notes = new RunNotes(new TrackingStore(workspace).Native, logger);
        var run = new TrainingRun { RunId = new string('c', 64), Model = "m", State = RunStates.Running, Author = "ann", StartedAt = "2026-01-01T00:00:00Z" };

        await notes.NoteAsync(run, default);
        await notes.NoteVersionAsync(run, 1, default);
        Assert.Empty(notes.Behind([KeyValuePair.Create(run.RunId, run.State)]));

        Assert.Equal(3, logger.Said.Count);
        Assert.All(logger.Said, s => Assert.StartsWith("Warning: The run ", s, StringComparison.Ordinal));
    }

    private static Task<int> InsertAsync(Workspace workspace, string id, string state) => workspace.Catalog.WriteAsync(
        (db, tx) => db.Execute(
            """
            INSERT INTO runs (run_id, model, state, author, started_at, horizon, as_of_micros, source, identity)
            VALUES (@id, 'm', @state, 'ann', '2026-01-01T00:00:00Z', 1, 1, '{"commit":"0123456789abcdef0123456789abcdef01234567","dirty":false}',
              '{"tables":["people 123abc"],"trainer":{"kind":"xgboost","parameters":{"max_depth":6,"learning_rate":0.1},"seed":3},"horizon":1}')
            """,
            new { id, state },
            tx),
        default);

    private sealed class Kept : ILogger<RunNotes>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
