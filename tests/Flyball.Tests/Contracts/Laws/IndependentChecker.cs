using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Flyball.Tests.Contracts.Laws;

/// <summary>
/// Judges a row by the contract's words with other means than the gate: a JSON tree, decimals and big integers, the calendar of the framework.
/// It gives every rule that is violated as a code and a field (or the name of a rule over the row).
/// </summary>
internal sealed class IndependentChecker(RandomContract contract)
{
    public HashSet<(string Code, string Subject)> Violations(string json)
    {
        var found = new HashSet<(string, string)>();
        using var document = JsonDocument.Parse(json);
        var members = document.RootElement.EnumerateObject().ToList();
        foreach (var twice in members.GroupBy(m => m.Name).Where(g => g.Count() > 1))
        {
            found.Add(("FLY3106", twice.Key));
        }

        foreach (var stranger in members.Where(m => contract.Fields.All(f => f.Name != m.Name)))
        {
            found.Add(("FLY3105", stranger.Name));
        }

        foreach (var field in contract.Fields)
        {
            var value = members.Where(m => m.Name == field.Name).Select(m => (JsonElement?)m.Value).FirstOrDefault();
            foreach (var code in Judge(field, value))
            {
                found.Add((code, field.Name));
            }
        }

        // A rule over a row is asked only of rows that hold what the fields promise.
        if (found.Count == 0)
        {
            foreach (var rule in contract.Rules)
            {
                if (Number(members, rule.Left) is { } left && Number(members, rule.Right) is { } right && !rule.Holds(left, right))
                {
                    found.Add(("FLY3120", rule.Name));
                }
            }
        }

        return found;
    }

    /// <summary>The primary key of a row without violations, in one form: <c>-0</c>, <c>0</c> and <c>0.0</c> are the same key.</summary>
    public string KeyOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var keys = contract.Fields.Where(f => f.Key).Select(f => document.RootElement.GetProperty(f.Name).GetRawText());
        return string.Join(',', keys.Select(k => BigInteger.Parse(k.Split('.')[0], CultureInfo.InvariantCulture)));
    }

    private static decimal? Number(List<JsonProperty> members, string name)
    {
        var value = members.Where(m => m.Name == name).Select(m => (JsonElement?)m.Value).FirstOrDefault();
        return value is { ValueKind: JsonValueKind.Number } number ? Exact(number.GetRawText()) : null;
    }

    private static List<string> Judge(RandomField field, JsonElement? value)
    {
        if (value is not { } given || given.ValueKind == JsonValueKind.Null)
        {
            return field.Required || (value is not null && field.RefusesNull) ? ["FLY3101"] : [];
        }

        return field.Type switch
        {
            "boolean" => given.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : ["FLY3102"],
            "integer" => given.ValueKind == JsonValueKind.Number ? Integer(field, given.GetRawText()) : ["FLY3102"],
            "number" => given.ValueKind == JsonValueKind.Number ? Real(field, given.GetRawText()) : ["FLY3102"],
            _ when given.ValueKind != JsonValueKind.String => ["FLY3102"],
            "string" => Text(field, given.GetString()!),
            "date" => DateOnly.TryParseExact(given.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : ["FLY3108"],
            _ => DateTimeOffset.TryParseExact(given.GetString(), ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) ? [] : ["FLY3108"],
        };
    }

    private static List<string> Integer(RandomField field, string text)
    {
        if (text.Contains('e', StringComparison.OrdinalIgnoreCase))
        {
            return ["FLY3102"];
        }

        var parts = text.Split('.');
        if (parts.Length == 2 && parts[1].Any(c => c != '0'))
        {
            return ["FLY3102"];
        }

        var whole = BigInteger.Parse(parts[0], CultureInfo.InvariantCulture);
        return whole < long.MinValue || whole > long.MaxValue ? ["FLY3104"] : Bounds(field, (decimal)whole);
    }

    private static List<string> Real(RandomField field, string text)
    {
        var number = double.Parse(text, CultureInfo.InvariantCulture);
        var isPlain = text.All(c => char.IsAsciiDigit(c) || c == '-');
        if (!double.IsFinite(number)
            || (isPlain && BigInteger.Parse(text, CultureInfo.InvariantCulture) is var whole && whole >= long.MinValue && whole <= long.MaxValue && new BigInteger(number) != whole))
        {
            return ["FLY3104"];
        }

        return Bounds(field, Exact(text));
    }

    private static List<string> Bounds(RandomField field, decimal value)
    {
        var isBroken = (field.Minimum is { } least && (field.MinimumIsOpen ? value <= least : value < least))
            || (field.Maximum is { } most && (field.MaximumIsOpen ? value >= most : value > most))
            || (field.MultipleOf is { } step && (Math.Abs(value) >= 1e27m || value % step != 0));
        return isBroken ? ["FLY3103"] : [];
    }

    private static List<string> Text(RandomField field, string text)
    {
        var length = text.EnumerateRunes().Count();
        var isBroken = length < (field.MinLength ?? 0) || length > (field.MaxLength ?? int.MaxValue)
            || (field.Pattern is { } pattern && !RandomField.Patterns[pattern].Matches(text));
        return isBroken ? ["FLY3107"] : [];
    }

    /// <summary>As a decimal; what is beyond decimals becomes the greatest of its sign, which breaks the same bounds.</summary>
    private static decimal Exact(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : text.StartsWith('-') ? decimal.MinValue : decimal.MaxValue;
}
