using Flyball.Storage.Catalogs;

namespace Flyball.Training.Validation;

/// <summary>Verdicts about model files in the catalog: one for each file and runtime, so that a start of the server examines nothing again.</summary>
public static class ValidationTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("validation", 1, """
            CREATE TABLE model_verdicts (
              digest TEXT NOT NULL,
              runtime TEXT NOT NULL,
              ok INTEGER NOT NULL,
              verdict TEXT NOT NULL,
              examined_at TEXT NOT NULL,
              PRIMARY KEY (digest, runtime)
            );
            """),
    ];
}
