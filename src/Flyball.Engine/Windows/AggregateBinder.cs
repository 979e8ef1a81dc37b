using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>An aggregate with everything that its call says.</summary>
internal sealed record BoundAggregate(AggregateFold Fold, Node? Argument, Node? Condition, Value Empty);

/// <summary>Checks the call of an aggregate: its window, argument, condition, constant and clauses. Reports its problems and then gives null.</summary>
internal static class AggregateBinder
{
    public static BoundAggregate? Bind(CallSyntax call, Aggregate aggregate, ViewScope scope, ExpressionBinder binder)
    {
        var inside = scope.Inside(call.Name);
        var inner = binder.Within(inside);
        var reads = ReadsValue(call, aggregate);
        var argument = reads ? inner.BindTyped(call.Arguments[0]) : null;
        var condition = call.Window?.Where is { } where ? inner.BindCondition(where, "'where'") : null;
        scope.Note(inside.Reads);
        if (call.Window is not { } window)
        {
            binder.Refuse(ProblemCodes.NoWindow, call.Start, $"The aggregate {call.Name}() has no window", $"Say how far back it looks: {Form(aggregate)} over 7d.");
            return null;
        }

        if (!CountFits(call, aggregate, reads, binder) || Constant(call, aggregate, reads, binder) is not { } constant
            || (argument is not null && ExpressionBinder.IsBroken(argument)) || (condition is not null && ExpressionBinder.IsBroken(condition)))
        {
            return null;
        }

        if (window.IgnoresNulls && !aggregate.SeesNulls)
        {
            binder.Refuse(ProblemCodes.Unexpected, window.Start, $"{call.Name}() never sees a null, and says 'ignore_nulls'", "Leave it out; first, last and latest take it.");
            return null;
        }

        var options = new FoldOptions(constant, window.IgnoresNulls, window.WindowMicros, condition is not null);
        if ((argument is null ? aggregate.OfRows(options) : aggregate.Of(argument.Type!.Value, options)) is not { } fold)
        {
            var remedy = argument!.Type == ScalarType.Boolean ? $"Count with a condition, count() over 7d where …, or write {call.Name}(if(condition, 1, 0))." : null;
            binder.Refuse(ProblemCodes.TypeMismatch, call.Arguments[0].Start, $"{call.Name}() needs {aggregate.Accepts} and got {ExpressionBinder.Article(argument)}", remedy);
            return null;
        }

        return Empty(call, fold, binder) is { } empty ? new(fold, argument, condition, empty) : null;
    }

    private static bool ReadsValue(CallSyntax call, Aggregate aggregate) =>
        call.Arguments.Count > 0 && aggregate.Argument != ArgumentRule.None;

    private static string Form(Aggregate aggregate) => aggregate.Argument switch
    {
        ArgumentRule.Required when aggregate.Constant is not null => aggregate.Name == "quantile" ? "quantile(x, 0.5)" : $"{aggregate.Name}(x, 5)",
        ArgumentRule.Required => $"{aggregate.Name}(x)",
        _ => $"{aggregate.Name}()",
    };

    private static bool CountFits(CallSyntax call, Aggregate aggregate, bool reads, ExpressionBinder binder)
    {
        var (given, values) = (call.Arguments.Count, reads ? 1 : 0);
        var least = (aggregate.Argument == ArgumentRule.Required ? 1 : 0) + (aggregate.Constant is null || aggregate.ConstantIsOptional ? 0 : 1);
        var most = (aggregate.Argument == ArgumentRule.None ? 0 : 1) + (aggregate.Constant is null ? 0 : 1);
        if (given >= least && given <= most && values <= given)
        {
            return true;
        }

        var remedy = aggregate.Constant is null ? $"It accepts {aggregate.Accepts}." : $"Write {Form(aggregate)}: the constant is {aggregate.Constant}.";
        var wanted = (least, most) switch
        {
            (0, 1) => "at most one argument",
            (1, 1) => "one argument",
            _ => "two arguments",
        };
        binder.Refuse(ProblemCodes.ArgumentCount, call.Start, $"{call.Name}() takes {wanted}", remedy);
        return false;
    }

    /// <summary>The constant behind the value, null when there is none to give, no value after a problem.</summary>
    private static Value? Constant(CallSyntax call, Aggregate aggregate, bool reads, ExpressionBinder binder)
    {
        var at = reads ? 1 : 0;
        if (aggregate.Constant is null || call.Arguments.Count <= at)
        {
            return Value.Null;
        }

        if (call.Arguments[at] is LiteralSyntax literal && aggregate.Takes(literal.Value))
        {
            return literal.Value;
        }

        binder.Refuse(ProblemCodes.BadConstant, call.Arguments[at].Start, $"{call.Name}() needs a constant: {aggregate.Constant}", $"Write {Form(aggregate)}.");
        return null;
    }

    private static Value? Empty(CallSyntax call, AggregateFold fold, ExpressionBinder binder)
    {
        if (call.Window?.Empty is not { } literal)
        {
            return AggregateNames.EmptyOf(call.Name);
        }

        var constant = ExpressionBinder.Dated(new ConstantNode(literal.Value), new ConstantNode(fold.Type == ScalarType.Timestamp ? Value.FromTimestamp(0) : Value.Null));
        if (ExpressionBinder.As(constant, fold.Type) is { } fitting)
        {
            return fitting.Evaluate([]);
        }

        binder.Refuse(ProblemCodes.TypeMismatch, literal.Start, $"{call.Name}() gives {ExpressionBinder.Article(fold.Type)} and 'empty' says {ExpressionBinder.Article(constant)}", "Give it a value of the same type.");
        return null;
    }
}
