using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>What a change made, or every condition that it failed.</summary>
public sealed record RegistryOutcome<T>
    where T : class
{
    internal RegistryOutcome(T? value, IReadOnlyList<Problem> problems) => (Value, Problems) = (value, problems);

    /// <summary>Null when the change was refused.</summary>
    public T? Value { get; }

    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool Ok => Value is not null;
}
