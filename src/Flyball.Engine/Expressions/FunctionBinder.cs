using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>Binds the call of a function of one row: finds it, checks the count and the kinds of its arguments.</summary>
internal static class FunctionBinder
{
    public static Node Bind(CallSyntax call, ExpressionBinder binder)
    {
        var choice = Choices.Names.Contains(call.Name, StringComparer.Ordinal);
        if (!choice && ScalarFunctions.Find(call.Name) is null)
        {
            return binder.Refuse(ProblemCodes.UnknownFunction, call.Start, $"There is no function '{call.Name}'", Suggestion.For(call.Name, ScalarFunctions.All.Concat(AggregateNames.All), "functions"));
        }

        if (call.Window is { } window)
        {
            binder.Refuse(ProblemCodes.MisplacedAggregate, window.Start, $"'over' follows an aggregate, and {call.Name}() is a function of one row", "Put it inside an aggregate: mean(abs(x)) over 7d.");
        }

        return choice ? Choices.Call(call, binder) : Of(ScalarFunctions.Find(call.Name)!, call, binder);
    }

    public static bool CountFits(CallSyntax call, int least, int most, ExpressionBinder binder, string? remedy = null)
    {
        var count = call.Arguments.Count;
        if (count >= least && count <= most)
        {
            return true;
        }

        var wanted = least == most ? Text(least) : most == int.MaxValue ? $"at least {Text(least)}" : $"{Text(least)} to {Text(most)}";
        var noun = least == 1 && most is 1 or int.MaxValue ? "argument" : "arguments";
        binder.Refuse(ProblemCodes.ArgumentCount, call.Start, string.Create(CultureInfo.InvariantCulture, $"{call.Name}() takes {wanted} {noun} and got {count}"), remedy);
        return false;
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static Node Of(ScalarFunction function, CallSyntax call, ExpressionBinder binder)
    {
        var arguments = call.Arguments.Select(binder.Bind).ToArray();
        if (!CountFits(call, function.Required, function.Parameters.Length, binder) || ExpressionBinder.IsBroken(arguments))
        {
            return Node.Invalid;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var (kind, start) = (function.Parameters[i], call.Arguments[i].Start);
            arguments[i] = kind is ParameterKind.Unit or ParameterKind.Zone
                ? Constant(call.Name, kind, arguments[i], start, binder)
                : Fit(arguments[i], kind)
                ?? binder.Refuse(ProblemCodes.TypeMismatch, start, $"{call.Name}() needs {ScalarFunction.Accepts(kind)} and got {ExpressionBinder.Article(arguments[i])}", Remedy(kind, arguments[i]));
        }

        return ExpressionBinder.IsBroken(arguments) ? Node.Invalid : function.Make(arguments);
    }

    private static string? Remedy(ParameterKind kind, Node argument) => (kind, argument.Type) switch
    {
        (ParameterKind.Text, not null) => "Write cast(x as text).",
        (ParameterKind.Timestamp, ScalarType.Text or ScalarType.Integer or ScalarType.Number) => "Write to_timestamp(x).",
        (ParameterKind.Integer, ScalarType.Number) => "Write cast(x as integer).",
        _ => null,
    };

    private static Node? Fit(Node argument, ParameterKind kind) => kind switch
    {
        ParameterKind.Number => ExpressionBinder.As(argument, ScalarType.Number),
        ParameterKind.Numeric => argument.Type is ScalarType.Integer or ScalarType.Number or null ? argument : null,
        ParameterKind.Integer => ExpressionBinder.As(argument, ScalarType.Integer),
        ParameterKind.Text => ExpressionBinder.As(argument, ScalarType.Text),
        ParameterKind.Timestamp => Instant(argument),
        ParameterKind.Moment => argument.Type is ScalarType.Integer or ScalarType.Number or ScalarType.Text or null ? argument : null,
        _ => argument,
    };

    /// <summary>A text constant that reads as a point in time is one where a timestamp is expected.</summary>
    private static Node? Instant(Node argument) =>
        argument is ConstantNode { Type: ScalarType.Text } text && TimestampText.TryParse(text.Value.Text, out var time)
            ? new ConstantNode(Value.FromTimestamp(time))
            : ExpressionBinder.As(argument, ScalarType.Timestamp);

    private static Node Constant(string of, ParameterKind kind, Node argument, int start, ExpressionBinder binder)
    {
        if (argument is not ConstantNode { Type: ScalarType.Text } text)
        {
            return binder.Refuse(ProblemCodes.BadConstant, start, $"{of}() needs {ScalarFunction.Accepts(kind)} and got {(argument is ConstantNode ? ExpressionBinder.Article(argument) : "something that is not a constant")}", kind == ParameterKind.Zone ? "Name it as the IANA database does: 'Europe/Vienna'." : $"The units are {CalendarUnits.Listed}.");
        }

        if (kind == ParameterKind.Unit)
        {
            return CalendarUnits.Find(text.Value.Text) is not null
                ? text
                : binder.Refuse(ProblemCodes.BadConstant, start, $"'{text.Value.Text}' is not a unit of the calendar", Suggestion.For(text.Value.Text, CalendarUnits.All, "units"));
        }

        return TimeZones.Find(text.Value.Text) is not null
            ? text
            : binder.Refuse(ProblemCodes.UnknownZone, start, $"There is no time zone '{text.Value.Text}' on this machine", "Name it as the IANA database does, 'Europe/Vienna', and install the system's tzdata.");
    }
}
