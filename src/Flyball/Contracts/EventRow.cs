using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Contracts;

/// <summary>One durable row of the event log.</summary>
/// <param name="Plan">The contract it is read by.</param>
/// <param name="Stamp">Its three times.</param>
/// <param name="Row">Its values in the order of the plan's schema. It belongs to the subscriber and is not used again.</param>
/// <param name="Identity">The fact it is about, in a source that takes corrections; else none.</param>
public readonly record struct EventRow(ContractPlan Plan, RowStamp Stamp, Value[] Row, RowIdentity Identity = default)
{
    /// <summary>It takes back what the rows of its key said; its values are those of the row as it was sent.</summary>
    public bool IsRetraction => Identity is { IsKeyed: true, Kind: RowKind.Retraction };
}
