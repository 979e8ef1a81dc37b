using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>Texts of well-typed expressions over <see cref="Rows.Schema"/>, and texts that are only made of the language's words.</summary>
internal static class RandomExpressions
{
    private static readonly string[] Words =
    [
        "(", ")", ",", "+", "-", "*", "/", "//", "%", "=", "<", "<>", "!", "&", ".", "'", "\"", "and", "or", "not", "in", "between", "is", "null",
        "true", "1", "2.5", "1e400", "9223372036854775808", "7d", "3x", "over", "where", "delay", "empty", "count", "sum(", "mean(amount)", "if(",
        "coalesce", "case", "when", "then", "else", "end", "cast(", "as", "::", "||", "like", "last(", "quantile(", "ignore_nulls", "amount", "n", "country", "event_time", "amuont", "'text'", "over 7d", "\u00e4", "\0", "\ud83d",
    ];

    // A grammar that builds its rules anew for each text spends its time on nothing else.
    private static readonly ConcurrentDictionary<(string, int), Gen<string>> Rules = new();

    public static Gen<string> Typed() => Gen.Choose(0, 4).SelectMany(depth => Gen.OneOf(Integer(depth), Number(depth), Boolean(depth), Text(depth), Instant(depth)));

    public static Gen<string> Noise() =>
        Gen.Choose(0, 25).SelectMany(length => Gen.Elements(Words).ListOf(length)).Select(words => string.Join(' ', words));

    public static Gen<string> Aggregates(int depth) =>
        from name in Gen.Elements("count", "sum", "mean", "min", "max")
        from argument in Gen.OneOf(Integer(depth), Number(depth))
        from window in Gen.Elements("1s", "90s", "7d", "500ms")
        from clause in Gen.OneOf(Gen.Constant(""), Boolean(depth).Select(c => " where " + c), Gen.Constant(" delay 1h"), Gen.Constant(" empty 3"))
        select $"({name}({argument}) over {window}{clause})";

    private static Gen<string> Once(string rule, int depth, Func<int, Gen<string>> make) =>
        Rules.TryGetValue((rule, depth), out var known) ? known : Rules[(rule, depth)] = make(depth);

    private static Gen<string> Integer(int depth) => Once("Integer", depth, MakeInteger);

    private static Gen<string> MakeInteger(int depth) => depth == 0
        ? Gen.Elements("n", "no_n", "big", "least", "1", "-1", "0", "\"and\"", "delay", "9223372036854775807", "-9223372036854775808")
        : Gen.OneOf(
            Integer(0),
            Binary(Integer(depth - 1), "+", "-", "*", "//", "%"),
            Integer(depth - 1).Select(a => $"-({a})"),
            Integer(depth - 1).Select(a => $"abs({a})"),
            Gen.Elements("hour(event_time)", "dayofweek(event_time)", "hour(no_time)"),
            from c in Boolean(depth - 1) from a in Integer(depth - 1) from b in Integer(depth - 1) select $"if({c}, {a}, {b})",
            from a in Integer(depth - 1) from b in Integer(depth - 1) select $"coalesce({a}, {b})",
            from a in Integer(depth - 1) from b in Integer(depth - 1) from f in Gen.Elements("nullif", "least", "greatest", "mod", "div") select $"{f}({a}, {b})",
            from a in Number(depth - 1) from f in Gen.Elements("sign(", "cast(", "hash64(") select f == "cast(" ? $"cast({a} as integer)" : f == "sign(" ? $"sign({a})" : $"hash_bucket({a}, 7)",
            from a in Text(depth - 1) from b in Text(depth - 1) from f in Gen.Elements("length({0})", "position({0}, {1})", "({0})::integer", "hash64({0})") select string.Format(System.Globalization.CultureInfo.InvariantCulture, f, a, b),
            from a in Instant(depth - 1) from b in Instant(depth - 1) from u in Units from f in Gen.Elements("year({0})", "week({0})", "dayofyear({0}, 'UTC')", "date_diff('{2}', {0}, {1})") select string.Format(System.Globalization.CultureInfo.InvariantCulture, f, a, b, u),
            from c in Boolean(depth - 1) from a in Integer(depth - 1) from b in Integer(depth - 1) select $"case when {c} then {a} else {b} end",
            from a in Integer(depth - 1) from b in Integer(depth - 1) select $"case {a} when {b} then 1 when 7 then {a} end");

    private static Gen<string> Number(int depth) => Once("Number", depth, MakeNumber);

    private static Gen<string> MakeNumber(int depth) => depth == 0
        ? Gen.Elements("amount", "no_amount", "2.5", "1e308", "-0.0", "1e-320", "0.1", "customer_activity.amount_mean_7d")
        : Gen.OneOf(
            Number(0),
            Binary(Gen.OneOf(Number(depth - 1), Integer(depth - 1)), "/"),
            Binary(Number(depth - 1), "+", "-", "*", "%"),
            from f in Gen.Elements("ln", "exp", "sqrt", "floor", "ceil", "abs", "-", "round", "trunc", "log2", "log10", "log1p") from a in Number(depth - 1) select $"{f}({a})",
            from a in Number(depth - 1) from b in Integer(depth - 1) from f in Gen.Elements("power", "round") select $"{f}({a}, {b})",
            from a in Instant(depth - 1) select $"epoch({a})",
            from a in Text(depth - 1) select $"cast({a} as number)");

    private static readonly Gen<string> Units = Gen.Elements("microsecond", "second", "hour", "day", "week", "month", "quarter", "year");

    private static Gen<string> Text(int depth) => Once("Text", depth, MakeText);

    private static Gen<string> MakeText(int depth) => depth == 0
        ? Gen.Elements("country", "no_country", "''", "'a😀%'", "'2026-01-31'", "'12'")
        : Gen.OneOf(
            Text(0),
            from a in Text(depth - 1) from f in Gen.Elements("lower", "upper", "trim") select $"{f}({a})",
            from a in Text(depth - 1) from b in Text(depth - 1) from f in Gen.Elements("({0} || {1})", "concat({0}, {1})", "coalesce({0}, {1})", "greatest({0}, {1})") select string.Format(System.Globalization.CultureInfo.InvariantCulture, f, a, b),
            from a in Text(depth - 1) from n in Integer(depth - 1) from m in Integer(depth - 1) from f in Gen.Elements("left({0}, {1})", "right({0}, {1})", "substring({0}, {1})", "substring({0}, {1}, {2})", "split_part({0}, 'a', {1})") select string.Format(System.Globalization.CultureInfo.InvariantCulture, f, a, n, m),
            from a in Gen.OneOf(Integer(depth - 1), Number(depth - 1), Boolean(depth - 1), Instant(depth - 1)) select $"cast({a} as text)");

    private static Gen<string> Instant(int depth) => Once("Instant", depth, MakeInstant);

    private static Gen<string> MakeInstant(int depth) => depth == 0
        ? Gen.Elements("event_time", "no_time", "cast('2026-03-29' as timestamp)")
        : Gen.OneOf(
            Instant(0),
            from u in Units from a in Instant(depth - 1) select $"date_trunc('{u}', {a})",
            from u in Units from n in Integer(depth - 1) from a in Instant(depth - 1) select $"date_add('{u}', {n}, {a})",
            from n in Gen.OneOf(Integer(depth - 1), Number(depth - 1), Text(depth - 1)) select $"to_timestamp({n})");

    private static Gen<string> Boolean(int depth) => Once("Boolean", depth, MakeBoolean);

    private static Gen<string> MakeBoolean(int depth) => depth == 0
        ? Gen.Elements("true", "false", "paid", "no_paid", "(country = 'DE')", "(no_country in ('DE', 'AT'))", "(event_time > '2026-01-01')", "(n is null)")
        : Gen.OneOf(
            Boolean(0),
            Binary(Boolean(depth - 1), "and", "or", "="),
            from a in Text(depth - 1) from b in Text(depth - 1) from f in Gen.Elements("contains({0}, {1})", "starts_with({0}, {1})", "({0} like {1})", "({0} not like {1})", "({0} < {1})") select string.Format(System.Globalization.CultureInfo.InvariantCulture, f, a, b),
            from a in Instant(depth - 1) from b in Instant(depth - 1) select $"({a} <= {b})",
            Boolean(depth - 1).Select(a => $"not ({a})"),
            Binary(Gen.OneOf(Number(depth - 1), Integer(depth - 1)), "=", "!=", "<", "<=", ">", ">="),
            from a in Number(depth - 1) from b in Integer(depth - 1) from n in Gen.Elements("", "not ") select $"({a} {n}between {b} and 3)",
            from a in Integer(depth - 1) from b in Number(depth - 1) from n in Gen.Elements("", "not ") select $"({a} {n}in ({b}, 7, null))");

    private static Gen<string> Binary(Gen<string> operand, params string[] operators) =>
        from a in operand from op in Gen.Elements(operators) from b in operand select $"({a} {op} {b})";
}
