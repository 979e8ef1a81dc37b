using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>What an object, array or map holds.</summary>
internal sealed class NestedPlan
{
    /// <summary>Objects and arrays inside each other, in a contract and in a value, the row's own object not counted.</summary>
    public const int Deepest = 8;

    /// <summary>The members of an object that the contract describes; when there are none, any member is taken.</summary>
    public required FieldPlan[] Members { get; init; }

    /// <summary>The members by name.</summary>
    public required IReadOnlyDictionary<string, FieldPlan> ByName { get; init; }

    /// <summary>Members that must be there beside those that say so themselves.</summary>
    public required IReadOnlyList<string> RequiredNames { get; init; }

    /// <summary>Each item of an array or value of a map; null takes any.</summary>
    public FieldPlan? Item { get; init; }

    /// <summary>Each key of a map, when the contract says more of it than that it is a text.</summary>
    public FieldPlan? Key { get; init; }

    public required long LeastCount { get; init; }

    public required long MostCount { get; init; }

    /// <summary>No two items are equal.</summary>
    public required bool HasUniqueItems { get; init; }

    /// <summary>Too few or too many members or items.</summary>
    public required Problem WrongCount { get; init; }

    public required Problem NotUnique { get; init; }

    public required Problem TooDeep { get; init; }
}
