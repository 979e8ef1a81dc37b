using Flyball.Engine.Expressions;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Profiles;

/// <summary>A column to profile.</summary>
/// <param name="Name">As the schema names it.</param>
/// <param name="Type">Of every value that is not null.</param>
/// <param name="IsOpaque">
/// Nothing of a single value may be kept: rows, nulls, an estimate of the number of different values and, for texts, lengths are all there is.
/// </param>
/// <param name="Bins">Frozen bins to count a numeric column in; null counts none.</param>
public sealed record ProfiledColumn(string Name, ScalarType Type, bool IsOpaque = false, QuantileBins? Bins = null);
