namespace Flyball.Storage.Catalogs;

/// <summary>One step of a stage's tables. Once applied somewhere its text never changes.</summary>
/// <param name="Stage">Whose tables these are.</param>
/// <param name="Number">Rising within the stage, from 1.</param>
/// <param name="Sql">One or more statements, run in one transaction.</param>
public sealed record Migration(string Stage, int Number, string Sql);
