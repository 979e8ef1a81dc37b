using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Identity;

namespace Flyball.Training.Tracking.Search;

/// <summary>
/// Pages of a total order: a page goes on after the last row of the one before, so that rows which come or go meanwhile neither repeat nor
/// hide others. A token holds the last row's place and which query it belongs to.
/// </summary>
/// <param name="terms">The order; together they tell any two rows apart.</param>
/// <param name="query">Everything that decides what is listed: a token of another one is refused.</param>
internal sealed class Keyset(IReadOnlyList<SortTerm> terms, string query)
{
    private const string Prefix = "k";

    private readonly string digest = Digest.Of(query).Short;

    public IReadOnlyList<SortTerm> Terms => terms;

    /// <summary>The terms as columns to be read by <see cref="PlaceOf"/>.</summary>
    public string Columns => string.Join(", ", terms.Select((t, i) => $"{t.Sql} AS {Prefix}{i}"));

    public string OrderBy => Order(0);

    /// <summary>The order of the terms from one on, where those before are the same in all rows.</summary>
    public string Order(int from) => string.Join(", ", terms.Skip(from).Select(t => t.Descending ? $"{t.Sql} DESC" : t.Sql));

    /// <summary>The condition that a row comes after a place, by the terms from one on.</summary>
    public string After(IReadOnlyList<object> place, int from, DynamicParameters values)
    {
        var chain = new List<string>();
        var equal = "";
        for (var i = from; i < terms.Count; i++)
        {
            values.Add($"after{i}", place[i]);
            chain.Add($"({equal}{terms[i].Sql} {(terms[i].Descending ? "<" : ">")} @after{i})");
            equal += $"{terms[i].Sql} = @after{i} AND ";
        }

        return $"({string.Join(" OR ", chain)})";
    }

    /// <summary>The place of a row that was read with <see cref="Columns"/>.</summary>
    public IReadOnlyList<object> PlaceOf(IDataRecord row)
    {
        var first = row.GetOrdinal(Prefix + "0");
        return
        [
            .. terms.Select((t, i) => (object)(t.Type switch
            {
                SortType.Integer => row.GetInt64(first + i),
                SortType.Real => row.GetDouble(first + i),
                _ => row.GetString(first + i),
            })),
        ];
    }

    public string Token(IReadOnlyList<object> place)
    {
        var keys = new JsonArray([.. place.Select(v => v switch
        {
            long number => JsonValue.Create(number),
            double number => JsonValue.Create(number),
            _ => (JsonNode)JsonValue.Create((string)v),
        })]);
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["q"] = digest, ["k"] = keys }));
    }

    /// <summary>The place that a token names; null without one.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3303: it is none of this query.</exception>
    public IReadOnlyList<object>? Place(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        try
        {
            var read = JsonNode.Parse(Convert.FromBase64String(token))!.AsObject();
            var keys = read["k"]!.AsArray();
            if (read["q"]!.GetValue<string>() == digest && keys.Count == terms.Count)
            {
                return
                [
                    .. terms.Select((t, i) => (object)(t.Type switch
                    {
                        SortType.Integer => keys[i]!.GetValue<long>(),
                        SortType.Real => keys[i]!.GetValue<double>(),
                        _ => keys[i]!.GetValue<string>(),
                    })),
                ];
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            // Nothing that this program wrote.
        }

        throw TrackingProblems.Wrong("page_token", "Invalid page token: it belongs to another search. Start again without one.");
    }
}
