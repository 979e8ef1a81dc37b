using System.Globalization;
using System.Text;

namespace Flyball.Engine.Expressions;

/// <summary>Writes a syntax tree with lower-case words, single spaces and only the parentheses that the tree needs.</summary>
internal static class CanonicalText
{
    public const int Lowest = 0;
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Comparison = 4;
    public const int Additive = 5;
    public const int Multiplicative = 6;
    public const int Negation = 7;
    public const int Primary = 8;

    public static string Of(ExpressionSyntax syntax)
    {
        var text = new StringBuilder();
        Write(text, syntax, Lowest);
        return text.ToString();
    }

    public static int PrecedenceOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Or,
        BinaryOperator.And => And,
        BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Concatenate => Additive,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.IntegerDivide or BinaryOperator.Remainder => Multiplicative,
        _ => Comparison,
    };

    public static string SymbolOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => "or",
        BinaryOperator.And => "and",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Concatenate => "||",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.IntegerDivide => "//",
        _ => "%",
    };

    private static void Write(StringBuilder text, ExpressionSyntax syntax, int least)
    {
        var own = PrecedenceOf(syntax);
        if (own < least)
        {
            text.Append('(');
        }

        switch (syntax)
        {
            case LiteralSyntax literal:
                text.Append(Literal(literal.Value));
                break;
            case NameSyntax name:
                text.Append(Name(name.Name));
                break;
            case UnarySyntax unary:
                text.Append(unary.Operator == UnaryOperator.Not ? "not " : "-");
                // A minus before a digit belongs to the number, so a negated literal keeps its parentheses.
                Write(text, unary.Operand, unary.Operand is LiteralSyntax && unary.Operator == UnaryOperator.Negate ? int.MaxValue : own);
                break;
            case BinarySyntax binary:
                Write(text, binary.Left, own);
                text.Append(' ').Append(SymbolOf(binary.Operator)).Append(' ');
                Write(text, binary.Right, own + 1);
                break;
            case InSyntax membership:
                Write(text, membership.Operand, Comparison);
                text.Append(membership.Negated ? " not in (" : " in (");
                WriteList(text, membership.Items);
                text.Append(')');
                break;
            case BetweenSyntax between:
                Write(text, between.Operand, Comparison);
                text.Append(between.Negated ? " not between " : " between ");
                Write(text, between.Low, Additive);
                text.Append(" and ");
                Write(text, between.High, Additive);
                break;
            case IsNullSyntax test:
                Write(text, test.Operand, Comparison);
                text.Append(test.Negated ? " is not null" : " is null");
                break;
            case LikeSyntax like:
                Write(text, like.Operand, Comparison);
                text.Append(like.Negated ? " not like " : " like ");
                Write(text, like.Pattern, Additive);
                break;
            case CastSyntax cast:
                text.Append("cast(");
                Write(text, cast.Operand, Or);
                text.Append(" as ").Append(TypeNames.Of(cast.Target)).Append(')');
                break;
            case CaseSyntax choice:
                WriteCase(text, choice);
                break;
            case CallSyntax call:
                text.Append(call.Name).Append('(');
                WriteList(text, call.Arguments);
                text.Append(')');
                WriteWindow(text, call);
                break;
            default:
                text.Append('?');
                break;
        }

        if (own < least)
        {
            text.Append(')');
        }
    }

    private static int PrecedenceOf(ExpressionSyntax syntax) => syntax switch
    {
        UnarySyntax { Operator: UnaryOperator.Not } => Not,
        UnarySyntax => Negation,
        BinarySyntax binary => PrecedenceOf(binary.Operator),
        InSyntax or BetweenSyntax or IsNullSyntax or LikeSyntax => Comparison,
        // A condition takes everything to its right, so an aggregate that has one stands in parentheses.
        CallSyntax { Window.Where: not null } => Lowest,
        _ => Primary,
    };

    private static void WriteCase(StringBuilder text, CaseSyntax choice)
    {
        text.Append("case");
        if (choice.Operand is { } operand)
        {
            text.Append(' ');
            Write(text, operand, Or);
        }

        foreach (var branch in choice.Branches)
        {
            text.Append(" when ");
            Write(text, branch.Condition, Or);
            text.Append(" then ");
            Write(text, branch.Result, Or);
        }

        if (choice.Otherwise is { } otherwise)
        {
            text.Append(" else ");
            Write(text, otherwise, Or);
        }

        text.Append(" end");
    }

    private static void WriteList(StringBuilder text, IReadOnlyList<ExpressionSyntax> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Write(text, items[i], Lowest);
        }
    }

    private static void WriteWindow(StringBuilder text, CallSyntax call)
    {
        if (call.Window is not { } window)
        {
            return;
        }

        text.Append(" over ").Append(DurationText.Format(window.WindowMicros));
        if (window.Where is { } condition)
        {
            text.Append(" where ");
            Write(text, condition, Or);
        }

        if (window.DelayMicros != 0)
        {
            text.Append(" delay ").Append(DurationText.Format(window.DelayMicros));
        }

        var silent = AggregateNames.EmptyOf(call.Name);
        if (window.Empty is { } empty && empty.Value != silent)
        {
            text.Append(" empty ").Append(Literal(empty.Value));
        }

        text.Append(window.IgnoresNulls ? " ignore_nulls" : "");
    }

    private static string Literal(Value value)
    {
        switch (value.Kind)
        {
            case ScalarType.Text:
                return "'" + value.AsText.Replace("'", "''", StringComparison.Ordinal) + "'";
            case ScalarType.Number:
                var digits = value.AsNumber.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
                return digits.AsSpan().ContainsAny('.', 'e') ? digits : digits + ".0";
            default:
                return value.ToString();
        }
    }

    private static string Name(string name) =>
        string.Join('.', name.Split('.').Select(part =>
            ExpressionLexer.IsPlainName(part) ? part : "\"" + part.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""));
}
