using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Features.Reads;

/// <summary>Reads <c>{"column":[value, …], …}</c>: the entities of a read, column by column.</summary>
public static class ReadKeys
{
    /// <summary>The most rows of one read.</summary>
    public const int MostRows = 10_000;

    private const int MostColumns = 1_000;

    /// <summary>Reads the object that stands at the reader, and leaves it at its end.</summary>
    /// <exception cref="FlyballException">FLY3182: it is not of this shape. FLY3186: it is too large.</exception>
    public static IReadOnlyList<KeyColumn> Read(ref Utf8JsonReader json, string member)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(member, $"{member} is an object with a list of values for each column.");
        }

        var columns = new List<KeyColumn>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (columns.Count == MostColumns || columns.Exists(c => string.Equals(c.Name, name, StringComparison.Ordinal)))
            {
                throw Wrong(member, columns.Count == MostColumns ? $"{member} has more than {MostColumns} columns." : $"{member} names a column twice.");
            }

            columns.Add(new KeyColumn(name, ReadValues(ref json, $"{member}.{name}")));
        }

        if (columns.Count == 0)
        {
            throw Wrong(member, $"{member} has no column.");
        }

        if (columns.FirstOrDefault(c => c.Values.Count != columns[0].Values.Count) is { } other)
        {
            throw Wrong($"{member}.{other.Name}", $"It has {other.Values.Count} values, and {columns[0].Name} has {columns[0].Values.Count}.");
        }

        return columns;
    }

    /// <summary>What is wrong with the shape of a read.</summary>
    public static FlyballException Wrong(string field, string message, string? remedy = null) => new(new Problem("FLY3182", message, new ProblemLocation(Field: field), remedy));

    private static List<Value> ReadValues(ref Utf8JsonReader json, string field)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(field, "It is no list of values.");
        }

        var values = new List<Value>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == MostRows)
            {
                throw new FlyballException(new Problem("FLY3186", $"A read takes at most {MostRows} entities.", new ProblemLocation(Field: field), "Send several requests."));
            }

            values.Add(ReadValue(ref json, field));
        }

        return values;
    }

    private static Value ReadValue(ref Utf8JsonReader json, string field)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return Value.Null;
            case JsonTokenType.String:
                return Value.FromText(json.GetString());
            case JsonTokenType.True or JsonTokenType.False:
                return Value.FromBoolean(json.GetBoolean());
            case JsonTokenType.Number when json.TryGetInt64(out var whole):
                return Value.FromInteger(whole);
            case JsonTokenType.Number when json.TryGetDouble(out var number) && double.IsFinite(number):
                return Value.FromNumber(number);
            default:
                throw Wrong(field, "It holds something that is no text, number, boolean or null.");
        }
    }
}
