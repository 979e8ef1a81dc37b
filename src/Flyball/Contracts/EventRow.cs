using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Contracts;

/// <summary>One durable row of the event log.</summary>
/// <param name="Plan">The contract it is read by.</param>
/// <param name="Stamp">Its three times.</param>
/// <param name="Row">Its values in the order of the plan's schema. It belongs to the subscriber and is not used again.</param>
public readonly record struct EventRow(ContractPlan Plan, RowStamp Stamp, Value[] Row);
