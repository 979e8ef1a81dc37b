namespace Flyball.Monitoring;

/// <summary>Requests of one day of event time whose labels are complete.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Matured">Requests whose label window has passed.</param>
/// <param name="Labelled">Those of them that got a label.</param>
/// <param name="Positive">Those of them whose label, or the value for absent ones, is positive.</param>
public sealed record LabelDay(long Day, long Matured, long Labelled, long Positive);
