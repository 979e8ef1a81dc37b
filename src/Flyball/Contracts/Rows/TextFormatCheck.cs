using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A text of a named format.</summary>
/// <param name="holds">Linear in the text.</param>
/// <param name="broken">What to report.</param>
internal sealed class TextFormatCheck(Func<string, bool> holds, Problem broken) : IFieldCheck
{
    public Problem Broken => broken;

    /// <summary>The format's name.</summary>
    public required string Name { get; init; }

    public bool Holds(in Value value) => holds(value.AsText);
}
