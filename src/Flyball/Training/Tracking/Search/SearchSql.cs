using Dapper;

namespace Flyball.Training.Tracking.Search;

/// <summary>Writes comparisons as SQL; what a caller wrote is a parameter, never text.</summary>
internal static class SearchSql
{
    /// <summary>The condition that a column fulfils the comparison. Missing values fulfil none.</summary>
    public static string Condition(string column, SearchComparison comparison, DynamicParameters values)
    {
        var name = $"v{values.ParameterNames.Count()}_";
        object value = comparison.Texts switch
        {
            [] => comparison.Number,
            _ when comparison.Operator is SearchOperator.In or SearchOperator.NotIn => comparison.Texts,
            [var text] => comparison.Operator == SearchOperator.ILike ? Lower(text) : text,
            _ => throw new ArgumentException("A comparison has one text, unless it is IN.", nameof(comparison)),
        };
        values.Add(name, value);
        return comparison.Operator switch
        {
            SearchOperator.ILike => $"LOWER({column}) LIKE @{name}",
            SearchOperator.Like => $"{column} LIKE @{name}",
            SearchOperator.In => $"{column} IN @{name}",
            SearchOperator.NotIn => $"{column} NOT IN @{name}",
            _ => $"{column} {Sign(comparison.Operator)} @{name}",
        };
    }

    private static string Sign(SearchOperator by) => by switch
    {
        SearchOperator.Equal => "=",
        SearchOperator.NotEqual => "<>",
        SearchOperator.Less => "<",
        SearchOperator.LessOrEqual => "<=",
        SearchOperator.Greater => ">",
        SearchOperator.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(by)),
    };

    /// <summary>As the database lowers the column: ASCII letters.</summary>
    private static string Lower(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        }
    });
}
