using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Training;

/// <summary>The reproductions of runs in the catalog.</summary>
internal sealed class ReproductionStore(Catalog catalog)
{
    public Task<int> AppendAsync(RunReproduction made, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            """
            INSERT INTO run_reproductions (run_id, ordinal, actor, made_at, bundle, again, identical)
            VALUES (@RunId, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM run_reproductions WHERE run_id = @RunId), @Actor, @MadeAt, @Bundle, @Again, @identical)
            """,
            new { made.RunId, made.Actor, made.MadeAt, made.Bundle, made.Again, identical = made.Identical ? 1 : 0 },
            tx),
        cancellation);

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<RunReproduction> Of(string runId) => catalog.Read(db => db.Query<Row>(
            "SELECT run_id AS RunId, actor AS Actor, made_at AS MadeAt, bundle AS Bundle, again AS Again, identical AS Identical FROM run_reproductions WHERE run_id = @runId ORDER BY ordinal", new { runId })
        .Select(r => new RunReproduction(r.RunId, r.Actor, r.MadeAt, r.Bundle, r.Again, r.Identical != 0)).ToList());

    /// <summary>A row of the table; settable, because databases differ in their types.</summary>
    private sealed class Row
    {
        public string RunId { get; set; } = "";

        public string Actor { get; set; } = "";

        public string MadeAt { get; set; } = "";

        public string Bundle { get; set; } = "";

        public string Again { get; set; } = "";

        public long Identical { get; set; }
    }
}
