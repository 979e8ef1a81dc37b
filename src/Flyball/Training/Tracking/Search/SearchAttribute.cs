namespace Flyball.Training.Tracking.Search;

/// <summary>An attribute of what is searched.</summary>
/// <param name="Name">Its name; aliases are names of the schema's table.</param>
/// <param name="Sql">Its column.</param>
/// <param name="IsNumber">Compared as a number; else as a text.</param>
/// <param name="AllowsIn">Whether IN and NOT IN may be used.</param>
/// <param name="IsFilter">Whether a filter may name it.</param>
/// <param name="IsOrder">Whether an order may name it.</param>
/// <param name="MayQuote">Whether its number may stand in quotes.</param>
public sealed record SearchAttribute(string Name, string Sql, bool IsNumber = false, bool AllowsIn = false, bool IsFilter = true, bool IsOrder = true, bool MayQuote = false);
