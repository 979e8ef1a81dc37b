using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Serving;

/// <summary>One request that passed its contract.</summary>
/// <param name="Values">In the order of the contract's schema.</param>
/// <param name="Canonical">The same as canonical JSON.</param>
public readonly record struct RequestRow(Value[] Values, ReadOnlyMemory<byte> Canonical)
{
    /// <summary>Fields that were absent, or null where that is refused, and took their declared values.</summary>
    public IReadOnlyList<string> Defaulted { get => field ?? []; private init; }

    /// <summary>Members that are no field of the contract and were passed over.</summary>
    public int Ignored { get; private init; }

    /// <summary>Reads a request's JSON object under the contract and what the model declares of its requests: every rule holds, or the problems say which do not.</summary>
    public static RequestRow Read(TrafficPlan plan, ReadOnlySpan<byte> json, out IReadOnlyList<Problem>? problems)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var contract = plan.Champion.Vector.Request;
        var row = new Value[contract.Schema.Fields.Count];
        var found = RowCodec.Of(contract).ReadRequest(json, row, plan.Champion.UnknownColumn, plan.Requests, out var reading);
        problems = found.Count > 0 ? found : null;
        return problems is null ? Of(plan, row) with { Defaulted = reading.Defaulted, Ignored = reading.Ignored } : default;
    }

    /// <summary>Reads a request whose values came with their types: every rule holds as if they had been written as a JSON object.</summary>
    public static RequestRow Read(TrafficPlan plan, ReadOnlySpan<TypedValue> values, out IReadOnlyList<Problem>? problems)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var contract = plan.Champion.Vector.Request;
        var row = new Value[contract.Schema.Fields.Count];
        var found = RowCodec.Of(contract).ReadRequest(values, row, plan.Champion.UnknownColumn, plan.Requests, out var reading);
        problems = found.Count > 0 ? found : null;
        return problems is null ? Of(plan, row) with { Defaulted = reading.Defaulted, Ignored = reading.Ignored } : default;
    }

    /// <summary>A row of values, with its canonical form.</summary>
    public static RequestRow Of(TrafficPlan plan, Value[] values)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(values, RowCodec.Of(plan.Champion.Vector.Request).Write(values));
    }
}
