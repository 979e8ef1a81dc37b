using System.Text.Json;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Validation;

/// <summary>The verdicts in the catalog.</summary>
internal sealed class VerdictStore(Catalog catalog)
{
    /// <summary>Null when the file was not examined with this runtime.</summary>
    public ModelVerdict? Find(Digest file, string runtime) => catalog.Read(db => db.QuerySingleOrDefault<string>(
        "SELECT verdict FROM model_verdicts WHERE digest = @digest AND runtime = @runtime", new { digest = file.Hex, runtime })) is { } found
        ? JsonSerializer.Deserialize<ModelVerdict>(found, TrainingJson.Options)
        : null;

    /// <summary>The first verdict stays.</summary>
    public Task AppendAsync(Digest file, string runtime, ModelVerdict verdict, string at, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            """
            INSERT INTO model_verdicts (digest, runtime, ok, verdict, examined_at) VALUES (@digest, @runtime, @ok, @verdict, @at)
            ON CONFLICT (digest, runtime) DO NOTHING
            """,
            new { digest = file.Hex, runtime, ok = verdict.Ok ? 1 : 0, verdict = JsonSerializer.Serialize(verdict, TrainingJson.Options), at },
            tx),
        cancellation);
}
