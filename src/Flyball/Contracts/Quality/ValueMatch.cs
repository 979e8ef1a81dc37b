using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>The values that a metric's arguments name: a list, a pattern, or both. Allocates nothing.</summary>
internal sealed class ValueMatch(HashSet<Value>? values, HashSet<string>? texts, BoundedPattern? pattern)
{
    /// <summary>True when the value is in the list (if there is one) and matches the pattern (if there is one); a pattern is for texts.</summary>
    public bool Contains(in Value value)
    {
        if (values is not null && !IsListed(value))
        {
            return false;
        }

        return pattern is null || (value.Kind == ScalarType.Text && pattern.IsMatch(value.AsText));
    }

    private bool IsListed(in Value value) => value.Kind == ScalarType.Text ? texts!.Contains(value.AsText) : values!.Contains(value);
}
