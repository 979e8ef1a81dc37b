using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Training.Tracking.Search;

/// <summary>
/// Reads filters, <c>comparison (AND comparison)*</c>, and orders, <c>name [ASC|DESC]</c>. A name is <c>[entity.]key</c>, the key in backticks
/// or double quotes where it has other characters than a word; without an entity it is an attribute. Texts are in quotes, numbers bare.
/// </summary>
public static class SearchParser
{
    private const int MostComparisons = 50;
    private const int MostOrders = 20;

    private static readonly Dictionary<string, SearchOperator> Signs = new(StringComparer.Ordinal)
    {
        ["="] = SearchOperator.Equal,
        ["!="] = SearchOperator.NotEqual,
        ["<>"] = SearchOperator.NotEqual,
        ["<"] = SearchOperator.Less,
        ["<="] = SearchOperator.LessOrEqual,
        [">"] = SearchOperator.Greater,
        [">="] = SearchOperator.GreaterOrEqual,
    };

    /// <summary>Reads a filter; an empty one holds for everything.</summary>
    /// <exception cref="FlyballException">FLY3300: says where it ends to be a filter, and what was expected there.</exception>
    public static IReadOnlyList<SearchComparison> Filter(string? filter, SearchSchema schema)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            return [];
        }

        var reader = new Reader(new SearchLexer(filter, "filter").Read(), schema, "filter");
        var comparisons = new List<SearchComparison> { reader.Comparison() };
        while (!reader.IsAtEnd)
        {
            reader.Word("AND");
            comparisons.Add(reader.Comparison());
        }

        return comparisons.Count <= MostComparisons ? comparisons : throw SearchLexer.Refuse("filter", $"it has more than {MostComparisons} comparisons", 1);
    }

    /// <summary>Reads the terms of an order.</summary>
    /// <exception cref="FlyballException">FLY3300: says what cannot be read, or which name stands twice.</exception>
    public static IReadOnlyList<SearchOrder> Order(IReadOnlyList<string> terms, SearchSchema schema)
    {
        var orders = terms.Select(term => new Reader(new SearchLexer(term, "order_by").Read(), schema, "order_by").Order()).ToList();
        return orders.Count > MostOrders ? throw SearchLexer.Refuse("order_by", $"it has more than {MostOrders} terms", 1)
            : orders.GroupBy(o => o.Field).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw SearchLexer.Refuse("order_by", $"`order_by` contains duplicate fields: {twice.Key.Key}", 1)
            : orders;
    }

    private sealed class Reader(List<SearchToken> tokens, SearchSchema schema, string field)
    {
        private int next;

        public bool IsAtEnd => tokens[next].Kind == SearchTokenKind.End;

        public void Word(string word)
        {
            var token = tokens[next++];
            if (token.Kind != SearchTokenKind.Word || !token.Text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                throw Expected(token, word);
            }
        }

        public SearchComparison Comparison()
        {
            var (place, name) = (tokens[next], Name(order: false));
            var (sign, by) = (tokens[next], Operator());
            return name.Kind == SearchKind.Metric || (name.Kind == SearchKind.Attribute && schema.Attribute(name.Key)!.IsNumber)
                ? Number(name, by, sign)
                : Text(name, by, sign, place);
        }

        public SearchOrder Order()
        {
            var name = Name(order: true);
            var token = tokens[next++];
            var descending = token.Kind == SearchTokenKind.Word && token.Text.Equals("DESC", StringComparison.OrdinalIgnoreCase);
            if (descending || (token.Kind == SearchTokenKind.Word && token.Text.Equals("ASC", StringComparison.OrdinalIgnoreCase)))
            {
                token = tokens[next++];
            }

            return token.Kind == SearchTokenKind.End ? new SearchOrder(name, descending) : throw Expected(token, "ASC, DESC or the end");
        }

        private SearchField Name(bool order)
        {
            var token = tokens[next++];
            switch (token.Kind)
            {
                case SearchTokenKind.Name when token.Entity is { } entity:
                    return schema.TryEntity(entity, out var kind) ? Field(kind, token.Text, token, order) : throw Unknown(entity, token);
                case SearchTokenKind.Name:
                    return Field(SearchKind.Attribute, token.Text, token, order);
                case SearchTokenKind.Text when tokens[next].Kind is not SearchTokenKind.End || order:
                    return Field(SearchKind.Attribute, token.Text, token, order);
                case SearchTokenKind.Word:
                    var dot = token.Text.IndexOf('.');
                    return dot <= 0 ? Field(SearchKind.Attribute, token.Text, token, order)
                        : schema.TryEntity(token.Text[..dot], out var of) ? Field(of, token.Text[(dot + 1)..], token, order)
                        : throw Unknown(token.Text[..dot], token);
                default:
                    throw Expected(token, "a name");
            }
        }

        private SearchField Field(SearchKind kind, string key, SearchToken token, bool order)
        {
            if (kind == SearchKind.Attribute)
            {
                var attribute = schema.Attribute(key);
                return attribute is not null && (order ? attribute.IsOrder : attribute.IsFilter)
                    ? new SearchField(kind, attribute.Name)
                    : throw SearchLexer.Refuse(field, $"invalid attribute key '{key}' specified. Valid keys are {string.Join(", ", schema.AttributeNames(order))}", token.At);
            }

            if (kind == SearchKind.Dataset && (order || key is not ("name" or "digest" or "context")))
            {
                throw SearchLexer.Refuse(field, order ? "an order cannot name a dataset" : "invalid dataset key specified. Valid keys are context, digest, name", token.At);
            }

            return key.Length > 0 ? new SearchField(kind, key) : throw Expected(token, "a key after the dot");
        }

        private SearchOperator Operator()
        {
            var token = tokens[next++];
            if (token.Kind == SearchTokenKind.Sign && Signs.TryGetValue(token.Text, out var sign))
            {
                return sign;
            }

            switch (token.Kind == SearchTokenKind.Word ? token.Text.ToUpperInvariant() : "")
            {
                case "LIKE":
                    return SearchOperator.Like;
                case "ILIKE":
                    return SearchOperator.ILike;
                case "IN":
                    return SearchOperator.In;
                case "NOT":
                    Word("IN");
                    return SearchOperator.NotIn;
                default:
                    throw Expected(token, "=, !=, <, <=, >, >=, LIKE, ILIKE, IN or NOT IN");
            }
        }

        private SearchComparison Number(SearchField name, SearchOperator by, SearchToken sign)
        {
            if (by > SearchOperator.GreaterOrEqual)
            {
                throw SearchLexer.Refuse(field, $"'{sign.Text}' compares texts, and '{name.Key}' is a number", sign.At);
            }

            var token = tokens[next++];
            var quoted = token.Kind == SearchTokenKind.Text && name.Kind == SearchKind.Attribute && schema.Attribute(name.Key)!.MayQuote;
            return (token.Kind == SearchTokenKind.Number || quoted) && double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? new SearchComparison(name, by, [], number)
                : throw Expected(token, $"a number, without quotes, as '{name.Key}' is one");
        }

        private SearchComparison Text(SearchField name, SearchOperator by, SearchToken sign, SearchToken place)
        {
            var allowed = by switch
            {
                SearchOperator.Equal or SearchOperator.NotEqual or SearchOperator.Like or SearchOperator.ILike => true,
                SearchOperator.In or SearchOperator.NotIn => name.Kind switch
                {
                    SearchKind.Attribute => schema.Attribute(name.Key)!.AllowsIn,
                    SearchKind.Dataset => true,
                    _ => schema.AllowsInTexts,
                },
                _ => false,
            };
            if (!allowed)
            {
                throw SearchLexer.Refuse(field, $"'{sign.Text}' cannot compare '{place.Text}'", sign.At);
            }

            return new SearchComparison(name, by, by is SearchOperator.In or SearchOperator.NotIn ? Texts() : [One()], 0);
        }

        private List<string> Texts()
        {
            if (tokens[next].Kind != SearchTokenKind.Open)
            {
                throw Expected(tokens[next], "(");
            }

            var texts = new List<string>();
            do
            {
                next++;
                texts.Add(One());
            }
            while (tokens[next].Kind == SearchTokenKind.Comma);

            return tokens[next].Kind == SearchTokenKind.Close && next++ > 0 ? texts : throw Expected(tokens[next], "',' or ')'");
        }

        private string One()
        {
            var token = tokens[next++];
            return token.Kind == SearchTokenKind.Text ? token.Text : throw Expected(token, "a text in quotes");
        }

        private FlyballException Unknown(string entity, SearchToken token) => SearchLexer.Refuse(field, $"'{entity}' is nothing that can be searched here", token.At);

        private FlyballException Expected(SearchToken token, string what) => SearchLexer.Refuse(field, $"expected {what}, saw '{token.Text}'", token.At);
    }
}
