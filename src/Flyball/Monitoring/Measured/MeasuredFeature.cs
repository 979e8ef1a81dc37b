namespace Flyball.Monitoring.Measured;

/// <summary>What one feature was like where it was served.</summary>
/// <param name="Feature"><c>view.feature</c>.</param>
/// <param name="Served">Vectors that held it.</param>
/// <param name="Nulls">Of those, null.</param>
/// <param name="NullRate">Of <paramref name="Served"/>.</param>
/// <param name="Low">Least number; null without one.</param>
/// <param name="High">Greatest number.</param>
/// <param name="Distinct">Different values, null not counted: exact up to 256, then within a few per cent.</param>
/// <param name="Ages">Age of the newest event of the entity at the prediction, in seconds; null for a feature of the request, or when no entity had one.</param>
public sealed record MeasuredFeature(string Feature, long Served, long Nulls, double NullRate, double? Low, double? High, long Distinct, EntityAges? Ages);

/// <summary>How old the newest events were, over sampled predictions.</summary>
/// <param name="Entities">Predictions whose entity had an event.</param>
/// <param name="Unknown">Predictions whose entity had none.</param>
/// <param name="P50">Median, in seconds.</param>
/// <param name="P99">In seconds.</param>
public sealed record EntityAges(long Entities, long Unknown, double P50, double P99);
