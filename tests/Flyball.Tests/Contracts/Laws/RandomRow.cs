using System.Globalization;
using System.Text;

namespace Flyball.Tests.Contracts.Laws;

/// <summary>Rows as JSON text: mostly near what the contract wants, with every kind of mistake now and then.</summary>
internal static class RandomRow
{
    private static readonly string[] Odd =
    [
        "null", "true", "false", "\"1\"", "\"\"", "[]", "{}", "1e3", "1.5", "-0", "-0.0", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "1e400", "1e-400", "0.30000000000000004", "\"2020-02-30\"", "\"2020-01-01\"", "\"0000-01-01T00:00:00Z\"", "\"2016-12-31T23:59:60Z\"", "123456789012345678901234567890",
    ];

    private static readonly string[] Texts = ["", "a", "ab", "abc", "abcdef", "A12", "A1", "b", "éü", "\\ud83d\\ude00", "a b", "abc\\n", "A12\\n"];

    public static string Make(RandomContract contract, int number, Random random)
    {
        var json = new StringBuilder("{");
        foreach (var field in contract.Fields.OrderBy(_ => random.Next()))
        {
            // Rows that are all wrong would try the same few rules again and again.
            var chance = random.Next(field.Key ? 60 : 12);
            if (chance == 0 || (chance < 3 && !field.Required))
            {
                continue;
            }

            Append(json, field.Name, chance == 3 ? Odd[random.Next(Odd.Length)] : field.Key ? number.ToString(CultureInfo.InvariantCulture) : Near(field, random));
            if (chance == 4 && random.Next(20) == 0)
            {
                Append(json, field.Name, Near(field, random));
            }
        }

        if (random.Next(40) == 0)
        {
            Append(json, "stranger", "1");
        }

        return json.Append('}').ToString();
    }

    private static string Near(RandomField field, Random random) => field.Type switch
    {
        "boolean" => random.Next(2) == 0 ? "true" : "false",
        "integer" => random.Next(-25, 35).ToString(CultureInfo.InvariantCulture),
        "number" => (random.Next(-250, 350) / 10m).ToString(CultureInfo.InvariantCulture),
        "string" => $"\"{Texts[random.Next(Texts.Length)]}\"",
        "date" => string.Create(CultureInfo.InvariantCulture, $"\"20{random.Next(10, 30)}-{random.Next(1, 13):00}-{random.Next(1, 32):00}\""),
        _ => string.Create(CultureInfo.InvariantCulture, $"\"2020-{random.Next(1, 13):00}-{random.Next(1, 32):00}T{random.Next(0, 25):00}:00:{random.Next(0, 61):00}{(random.Next(2) == 0 ? "Z" : "+02:00")}\""),
    };

    private static void Append(StringBuilder json, string name, string value) =>
        json.Append(json.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(value);
}
