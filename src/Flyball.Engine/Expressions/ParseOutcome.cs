using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>A syntax tree, or every syntax problem of the text.</summary>
public sealed class ParseOutcome
{
    internal ParseOutcome(ExpressionSyntax syntax) => (Syntax, Problems) = (syntax, []);

    internal ParseOutcome(IReadOnlyList<Problem> problems) => Problems = problems;

    /// <summary>Null when there are problems.</summary>
    public ExpressionSyntax? Syntax { get; }

    /// <summary>In the order of their characters; the location of each carries the column, counted from 1.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Syntax))]
    public bool Succeeded => Syntax is not null;
}
