using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts.Versions;

/// <summary>The promise of the word compatible, on contracts and rows that nobody wrote.</summary>
public class CompatibleRowsTests
{
    private static readonly string[] Types = ["integer", "number", "string", "boolean", "date", "timestamp"];

    [Fact]
    public void ARowThatTheOldContractAccepted_IsAcceptedByACompatibleNewOne()
    {
        var (compatible, breaking, accepted) = (0, 0, 0L);
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var old = Fields(random);
            var next = old.Select(f => random.Next(3) == 0 ? Edit(f, random) : (JsonObject)f.DeepClone()).Where(_ => random.Next(40) > 0).ToList();
            if (random.Next(3) == 0)
            {
                next.Add(Field("extra", random));
            }

            var (was, now) = (Sample.Compile(Yaml(old)), Sample.Compile(Yaml(next)));
            if (ContractDifference.Between(was, now).Any(c => c.IsBreaking))
            {
                breaking++;
                continue;
            }

            compatible++;
            var (oldCodec, nextCodec) = (RowCodec.Of(was), RowCodec.Of(now));
            for (var i = 0; i < 30; i++)
            {
                var row = Encoding.UTF8.GetBytes(Row(old, random));
                if (oldCodec.Read(row, new Value[was.Schema.Fields.Count]).Count == 0)
                {
                    accepted++;
                    var refused = nextCodec.Read(row, new Value[now.Schema.Fields.Count]);
                    Assert.True(refused.Count == 0, $"seed {seed}: {(refused.Count > 0 ? refused[0] : null)}\n{Yaml(old)}\n{Yaml(next)}\n{Encoding.UTF8.GetString(row)}");
                }
            }
        }

        // The property was put to work, and its other side too.
        Assert.InRange(compatible, 500, 3_500);
        Assert.InRange(breaking, 500, 3_500);
        Assert.InRange(accepted, 5_000, long.MaxValue);
    }

    private static List<JsonObject> Fields(Random random) => [.. Enumerable.Range(0, 1 + random.Next(4)).Select(i => Field($"f{i.ToString(CultureInfo.InvariantCulture)}", random))];

    private static JsonObject Field(string name, Random random)
    {
        var type = Types[random.Next(Types.Length)];
        var field = new JsonObject { ["name"] = name, ["logicalType"] = type, ["required"] = random.Next(3) == 0 };
        if (random.Next(2) == 0)
        {
            field["customProperties"] = new JsonArray(new JsonObject { ["property"] = "nullPolicy", ["value"] = random.Next(2) == 0 ? "allow" : "refuse" });
        }

        if (random.Next(3) > 0)
        {
            Bound(field, random);
        }

        return field;
    }

    private static void Bound(JsonObject field, Random random)
    {
        var low = random.Next(-3, 3);
        var high = low + 1 + random.Next(4);
        var options = new JsonObject();
        switch ((string)field["logicalType"]!)
        {
            case "integer" or "number":
                options[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
                options[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = high + 2;
                if (random.Next(3) == 0)
                {
                    options["multipleOf"] = 1 + random.Next(4);
                }

                break;
            case "string":
                options["minLength"] = random.Next(2);
                options["maxLength"] = 1 + random.Next(4);
                break;
            case "date" or "timestamp":
                options["minimum"] = $"2020-01-0{(low + 4).ToString(CultureInfo.InvariantCulture)}";
                break;
            default:
                return;
        }

        field["logicalTypeOptions"] = options;
    }

    private static JsonObject Edit(JsonObject field, Random random)
    {
        var edited = (JsonObject)field.DeepClone();
        switch (random.Next(5))
        {
            case 0:
                edited.Remove("logicalTypeOptions");
                Bound(edited, random);
                break;
            case 1:
                edited.Remove("logicalTypeOptions");
                break;
            case 2:
                edited["required"] = !(bool)edited["required"]!;
                break;
            case 3:
                edited.Remove("customProperties");
                break;
            default:
                edited["description"] = "Other words";
                break;
        }

        return edited;
    }

    private static string Row(List<JsonObject> fields, Random random)
    {
        var row = new JsonObject();
        foreach (var field in fields.Where(_ => random.Next(5) > 0))
        {
            row[(string)field["name"]!] = random.Next(8) == 0 ? null : (string)field["logicalType"]! switch
            {
                "integer" => JsonValue.Create(random.Next(-4, 9)),
                "number" => JsonValue.Create(random.Next(-8, 18) / 2.0),
                "string" => JsonValue.Create(new string('x', random.Next(6))),
                "boolean" => JsonValue.Create(random.Next(2) == 0),
                "date" => JsonValue.Create($"2020-01-0{random.Next(1, 9).ToString(CultureInfo.InvariantCulture)}"),
                _ => JsonValue.Create($"2020-01-0{random.Next(1, 9).ToString(CultureInfo.InvariantCulture)}T00:00:00Z"),
            };
        }

        return row.ToJsonString();
    }

    /// <summary>JSON is YAML.</summary>
    private static string Yaml(IEnumerable<JsonObject> fields) => new JsonObject
    {
        ["apiVersion"] = "v3.1.0",
        ["kind"] = "DataContract",
        ["id"] = "random",
        ["version"] = "1.0.0",
        ["status"] = "active",
        ["schema"] = new JsonArray(new JsonObject
        {
            ["name"] = "rows",
            ["properties"] = new JsonArray([new JsonObject { ["name"] = "id", ["logicalType"] = "integer" }, .. fields.Select(f => f.DeepClone())]),
        }),
    }.ToJsonString();
}
