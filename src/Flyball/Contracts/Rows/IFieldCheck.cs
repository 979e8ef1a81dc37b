using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>One rule about the values of a field beyond its type. It is asked only about values that are not null.</summary>
internal interface IFieldCheck
{
    /// <summary>What to report when a value breaks the rule; made once, and it never holds the value.</summary>
    Problem Broken { get; }

    bool Holds(in Value value);
}
