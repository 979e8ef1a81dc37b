namespace Flyball.Engine.Expressions;

/// <summary>What names and aggregates mean where an expression stands. Reports its own problems and then returns <see cref="Node.Invalid"/>.</summary>
internal abstract class NameScope
{
    public abstract Node Name(NameSyntax name, ExpressionBinder binder);

    public abstract Node Aggregate(CallSyntax call, ExpressionBinder binder);
}
