using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>
/// What a user reads, word for word, because it is the product. <c>row&gt;</c> is an expression over one row, <c>view&gt;</c> a feature of
/// an entity; below each stand all of its problems.
/// </summary>
public sealed class ProblemTests
{
    private const string Golden =
        """
        row> amout * 2
          FLY1010 There is no column 'amout', at character 1. Did you mean 'amount'?
        row> amount_mean_7d
          FLY1010 There is no column 'amount_mean_7d', at character 1. Did you mean 'customer_activity.amount_mean_7d'?
        row> amount +
          FLY1001 The expression ends too early, at character 9. A value was expected: a name, a number, 'text' or a function.
        row> amount + * 2
          FLY1001 '*' is not expected here, at character 10. A value was expected: a name, a number, 'text' or a function.
        row> (amount + 1
          FLY1001 The expression ends too early, at character 12. The '(' at character 1 is not closed.
        row> amount + 1)
          FLY1001 ')' is not expected here, at character 11. There is no '(' for it.
        row> amount amount
          FLY1001 'amount' is not expected here, at character 8. An operator was expected, or the end.
        row> country = 'DE
          FLY1002 The text that opens with ' is never closed, at character 11. Add the closing ', and double a ' that belongs to the text.
        row> country = 5
          FLY1013 '=' cannot compare text with an integer, at character 9. Text stands in quotes, numbers do not.
        row> country + 1
          FLY1013 '+' needs two numbers and got text and an integer, at character 9.
        row> amount = null
          FLY1013 A comparison with null by '=' is always null, at character 8. Write 'is null' or 'is not null'.
        row> amount and paid
          FLY1013 'and' needs a boolean and got a number, at character 1. Compare it with something: x != 0.
        row> amount // 2
          FLY1013 '//' needs two integers and got a number and an integer, at character 8. Write floor(a / b) for numbers.
        row> sqr(amount)
          FLY1011 There is no function 'sqr', at character 1. Did you mean 'sqrt'?
        row> sqrt(amount, 2)
          FLY1012 sqrt() takes 1 argument and got 2, at character 1.
        row> sqrt(country)
          FLY1013 sqrt() needs a number and got text, at character 6.
        row> if(paid, 1, 'x')
          FLY1013 The alternatives of if() differ: text beside an integer, at character 13. Give them one type.
        row> if(paid, 1)
          FLY1012 if() takes 3 arguments and got 2, at character 1. Write if(condition, then, otherwise).
        row> mean(amount) over 7d
          FLY1014 The aggregate mean() looks at many rows, and this expression sees one, at character 1. Define it in a feature view of the entity and read it here by name: view.feature.
        row> abs(amount) over 7d
          FLY1014 'over' follows an aggregate, and abs() is a function of one row, at character 13. Put it inside an aggregate: mean(abs(x)) over 7d.
        row> null
          FLY1016 The expression is always null and has no type, at character 1. Read a column or compute a value.
        row> 99999999999999999999
          FLY1003 The integer 99999999999999999999 does not fit into 64 bits, at character 1. Write 99999999999999999999.0 for a floating-point number.
        row> 1e999
          FLY1003 The number 1e999 is too large, at character 1. The largest is about 1.8e308.
        row> amount > 7x
          FLY1004 'x' is not a unit of time, at character 10. The units are us, ms, s, m (minutes), h, d, w.
        row> amount > 7d
          FLY1001 The duration 7d stands where a value was expected, at character 10. Durations follow 'over' and 'delay'.
        row> paid && amount
          FLY1001 The character '&' has no meaning here, at character 6. Write 'and'.
        row> event_time > 'yesterday'
          FLY1013 '>' cannot compare a timestamp with text, at character 12. Write the point in time as '2026-01-31' or '2026-01-31T12:00:00Z'.
        row> paid > false
          FLY1013 '>' cannot compare a boolean with a boolean, at character 6. Booleans are equal or not; they have no order.
        row> n in ()
          FLY1001 The list of 'in' is empty, at character 3. Name at least one value.
        row> n in 1
          FLY1001 '1' is not expected here, at character 6. The values of 'in' stand in parentheses: in (1, 2).
        row> n is 1
          FLY1001 '1' is not expected here, at character 6. After 'is' comes 'null' or 'not null'.
        row> n between 1
          FLY1001 The expression ends too early, at character 12. Write 'between LOW and HIGH'.
        row> amout + contry + sqr(
          FLY1001 The expression ends too early, at character 22. A value was expected: a name, a number, 'text' or a function.
        row> amout + contry + sqr(1)
          FLY1010 There is no column 'amout', at character 1. Did you mean 'amount'?
          FLY1010 There is no column 'contry', at character 9. Did you mean 'country'?
          FLY1011 There is no function 'sqr', at character 18. Did you mean 'sqrt'?
        view> mean(amount)
          FLY1017 The aggregate mean() has no window, at character 1. Say how far back it looks: mean(x) over 7d.
        view> mean(amout) over 7d
          FLY1010 There is no column 'amout', at character 6. Did you mean 'amount'?
        view> mean(amount) over 7y
          FLY1004 'y' is not a unit of time, at character 19. The units are us, ms, s, m (minutes), h, d, w.
        view> mean(amount) over 7 d
          FLY1004 '7' stands where 'over' needs a duration, at character 19. Write a whole number and a unit (us, ms, s, m (minutes), h, d, w) without a space: over 7d.
        view> mean(amount) over
          FLY1004 The expression ends where 'over' needs a duration, at character 18. Write a whole number and a unit (us, ms, s, m (minutes), h, d, w) without a space: over 7d.
        view> mean(amount) over 0d
          FLY1004 The window is empty, at character 19. Give it a length: over 7d.
        view> mean(amount) over 1.5h
          FLY1004 A duration is a whole number of units, at character 19. Write 90m instead of 1.5h.
        view> amount / mean(amount) over 7d
          FLY1015 The column 'amount' stands outside an aggregate, and a feature of an entity is made from many rows, at character 1. Say which of them: mean(amount) over 7d. A feature of the request itself belongs in a view with 'inputs'.
        view> 1 + 1
          FLY1015 The feature reads no row of the entity, at character 3. Use an aggregate: count() over 7d.
        view> sum(country) over 7d
          FLY1013 sum() needs a number and got text, at character 5.
        view> mean(paid) over 7d
          FLY1013 mean() needs a number and got a boolean, at character 6. Count with a condition, count() over 7d where …, or write mean(if(condition, 1, 0)).
        view> sum() over 7d
          FLY1012 sum() takes one argument, at character 1. It accepts a number.
        view> count(amount, n) over 7d
          FLY1012 count() takes at most one argument, at character 1. It accepts any value.
        view> sum(sum(n) over 1d) over 7d
          FLY1014 The aggregate sum() stands inside sum(), at character 5. Aggregates do not nest. To combine two, put the first in parentheses: (sum(…) over 7d where …) / sum(…) over 7d.
        view> sum(amount) over 1d where n > 1 / count() over 7d
          FLY1014 The aggregate count() stands inside sum(), at character 35. Aggregates do not nest. To combine two, put the first in parentheses: (sum(…) over 7d where …) / count(…) over 7d.
        view> sum(amount) over 1d where n
          FLY1013 'where' needs a boolean and got an integer, at character 27. Compare it with something: x != 0.
        view> sum(n) over 1d empty 0.5
          FLY1013 sum() gives an integer and 'empty' says a number, at character 22. Give it a value of the same type.
        view> sum(n) over 1d empty n
          FLY1001 The value of 'empty' for sum is not a constant, at character 22. Write a number, 'text', true, false or null.
        view> sum(n) over 1d delay 1h delay 2h
          FLY1001 The clause 'delay' stands twice, at character 25. Keep one of them.
        view> median(amount) over 7d
          FLY1011 There is no function 'median', at character 1. Did you mean 'mean'?
        view> sum(n) over 1d where n > 1 && paid
          FLY1001 The character '&' has no meaning here, at character 28. Write 'and'.
        view> mean(amount) over 7d +
          FLY1001 The expression ends too early, at character 23. A value was expected: a name, a number, 'text' or a function.
        view> quantile(amount) over 7d
          FLY1012 quantile() takes two arguments, at character 1. Write quantile(x, 0.5): the constant is a probability from 0 to 1.
        view> quantile(amount, 1.5) over 7d
          FLY1020 quantile() needs a constant: a probability from 0 to 1, at character 18. Write quantile(x, 0.5).
        view> top_k(amount, n) over 7d
          FLY1020 top_k() needs a constant: how many, from 1 to 100, at character 15. Write top_k(x, 5).
        view> last_k(amount, 0) over 7d
          FLY1020 last_k() needs a constant: how many, from 1 to 100, at character 16. Write last_k(x, 5).
        view> rate('fortnight') over 7d
          FLY1020 rate() needs a constant: 'second', 'minute', 'hour', 'day' or 'week', at character 6. Write rate().
        view> std(country) over 7d
          FLY1013 std() needs a number and got text, at character 5.
        view> last() over 7d
          FLY1012 last() takes one argument, at character 1. It accepts any value.
        view> mean(amount) over 7d ignore_nulls
          FLY1001 mean() never sees a null, and says 'ignore_nulls', at character 14. Leave it out; first, last and latest take it.
        view> distnct(amount) over 7d
          FLY1011 There is no function 'distnct', at character 1. Did you mean 'distinct'?
        row> ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1
          FLY1005 The expression nests more than 64 deep, at character 65. Split it into several features.
        row> amount. + 1
          FLY1001 '+' is not expected here, at character 9. After the dot comes the rest of a name.
        row> ‘DE’
          FLY1001 The character '‘' has no meaning here, at character 1. Text stands between straight single quotes: 'text'.
        row> cast(n as integr)
          FLY1019 There is no type 'integr', at character 11. Did you mean 'integer'?
        row> cast(n integer)
          FLY1001 'integer' is not expected here, at character 8. Write 'cast(VALUE as TYPE)'.
        row> cast(event_time as integer)
          FLY1013 a timestamp cannot be cast to integer, at character 1. Write epoch(t) for seconds since 1970.
        row> case n when 1 then 2
          FLY1001 The expression ends too early, at character 21. The 'case' at character 1 has no 'end'.
        row> case else 1 end
          FLY1001 '1' is not expected here, at character 11. Write 'case when CONDITION then VALUE else VALUE end'.
        row> case when n then 1 end
          FLY1013 'when' needs a boolean and got an integer, at character 11. Compare it with something: x != 0.
        row> case country when 1 then 2 end
          FLY1013 'case' cannot compare text with an integer, at character 19. Text stands in quotes, numbers do not.
        row> case when paid then 1 else 'x' end
          FLY1013 The alternatives of case differ: text beside an integer, at character 28. Give them one type.
        row> length(n)
          FLY1013 length() needs text and got an integer, at character 8. Write cast(x as text).
        row> n || country
          FLY1013 '||' needs two texts and got an integer and text, at character 3. Write cast(x as text).
        row> paid || paid
          FLY1013 '||' needs two texts and got a boolean and a boolean, at character 6. Write 'or'.
        row> event_time - event_time
          FLY1013 '-' needs two numbers and got a timestamp and a timestamp, at character 12. Write date_diff('day', a, b) or date_add('day', n, t).
        row> date_trunc('dya', event_time)
          FLY1020 'dya' is not a unit of the calendar, at character 12. Did you mean 'day'?
        row> date_trunc(country, event_time)
          FLY1020 date_trunc() needs a unit in quotes and got something that is not a constant, at character 12. The units are 'microsecond', 'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'.
        row> hour(event_time, 'Europe/Wien')
          FLY1021 There is no time zone 'Europe/Wien' on this machine, at character 18. Name it as the IANA database does, 'Europe/Vienna', and install the system's tzdata.
        row> hour(n)
          FLY1013 hour() needs a timestamp and got an integer, at character 6. Write to_timestamp(x).
        row> substring(country, 1.5)
          FLY1013 substring() needs an integer and got a number, at character 20. Write cast(x as integer).
        row> round(amount, 1, 2)
          FLY1012 round() takes 1 to 2 arguments and got 3, at character 1.
        row> n not 5
          FLY1001 '5' is not expected here, at character 7. After 'not' comes 'in', 'between' or 'like' here.
        row> country like 5
          FLY1013 'like' needs text and a pattern and got text and an integer, at character 9. A pattern is text: % stands for anything, _ for one character.
        row> lenght(country)
          FLY1011 There is no function 'lenght', at character 1. Did you mean 'length'?
        row> not
          FLY1001 The expression ends too early, at character 4. A value was expected: a name, a number, 'text' or a function.
        """;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            var text = "";
            var problems = new List<string>();
            foreach (var line in Golden.ReplaceLineEndings("\n").Split('\n').Append("> "))
            {
                if (line.StartsWith("  ", StringComparison.Ordinal))
                {
                    problems.Add(line);
                    continue;
                }

                if (problems.Count > 0)
                {
                    cases.Add(text, string.Join('\n', problems));
                }

                (text, problems) = (line, []);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_bad_expression_is_answered_with(string text, string expected)
    {
        var problems = text.StartsWith("row> ", StringComparison.Ordinal)
            ? RowBinder.Bind(text[5..], Rows.Schema).Problems
            : EntityViewPlan.Compile([new("f", text[6..])], Rows.Schema).Problems;
        Assert.NotEmpty(problems);
        Assert.Equal(expected, string.Join('\n', problems.Select(Show)));
    }

    [Fact]
    public void A_text_of_several_lines_is_answered_with_the_line_and_the_character_in_it()
    {
        var row = Assert.Single(RowBinder.Bind("amount +\n  amout * 2", Rows.Schema).Problems);
        Assert.Equal("There is no column 'amout', at line 2, character 3.", row.Message);
        Assert.Equal(new ProblemLocation(Line: 2, Column: 3), row.Where);
        var view = Assert.Single(EntityViewPlan.Compile([new("f", "sum(amount)\nover 7y", new ProblemLocation("a.yaml", 6, 4))], Rows.Schema).Problems);
        Assert.Equal("'y' is not a unit of time, at line 2, character 6.", view.Message);
        Assert.Equal(new ProblemLocation("a.yaml", 6, 4, "f"), view.Where);
    }

    private static string Show(Problem problem)
    {
        Assert.Contains(FormattableString.Invariant($", at character {problem.Where!.Column}."), problem.Message, StringComparison.Ordinal);
        return $"  {problem.Code} {problem.Message} {problem.Remedy}".TrimEnd();
    }
}
