namespace Flyball.Contracts.Inference;

/// <summary>One column of a drafted contract, in short.</summary>
/// <param name="Name">As drafted.</param>
/// <param name="LogicalType">The standard's type.</param>
/// <param name="IsRequired">Every row had a value.</param>
/// <param name="NullRate">Share of rows without one.</param>
/// <param name="IsKey">Drafted as the primary key.</param>
/// <param name="IsEventTime">Drafted as the time at which a row's fact was true.</param>
/// <param name="IsPersonal">Likely personal.</param>
public sealed record DraftedColumn(string Name, string LogicalType, bool IsRequired, double NullRate, bool IsKey, bool IsEventTime, bool IsPersonal);
