using System.Text.RegularExpressions;
using Flyball.Contracts;
using Flyball.Contracts.Versions;

namespace Flyball.Tests.Contracts.Privacy;

/// <summary>A source with personal values of every kind and at every depth, and the version before, in which nothing was personal.</summary>
internal static partial class PersonalShapes
{
    /// <summary>What no file, answer or line of a log may hold, once rows of this source were sent.</summary>
    public static readonly string[] Planted = ["planted", "77123451", "88123457.25", "1977-05-04", "03:02:07"];

    public const string Columns = "id,event_time,email,born,seen,clock,income,salary,address,deep,phones,tags,byname,anything,whole,crew,note,plain,amount,extra";

    private const string Yaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: people
        version: 2.0.0
        status: active
        customProperties: [ { property: accepts, value: { version: 1.0.0, until: 2999-01-01T00:00:00Z } } ]
        schema:
          - name: people
            customProperties: [ { property: corrections, value: accept } ]
            properties:
              - { name: id, logicalType: integer, primaryKey: true }
              - { name: event_time, logicalType: timestamp, required: true }
              - { name: email, logicalType: string, classification: pii }
              - { name: born, logicalType: date, classification: pii }
              - { name: seen, logicalType: timestamp, classification: pii }
              - { name: clock, logicalType: time, classification: pii }
              - { name: income, logicalType: integer, classification: pii }
              - { name: salary, logicalType: number, classification: pii }
              - { name: address, logicalType: object, properties: [ { name: street, logicalType: string, classification: pii }, { name: zip, logicalType: string } ] }
              - name: deep
                logicalType: object
                properties:
                  - name: list
                    logicalType: array
                    items: { logicalType: object, properties: [ { name: inner, logicalType: object, properties: [ { name: phone, logicalType: string, classification: pii } ] } ] }
              - { name: phones, logicalType: array, items: { logicalType: string, classification: pii } }
              - { name: tags, logicalType: map, map: { key: { logicalType: string }, value: { logicalType: string, classification: pii } } }
              - { name: byname, logicalType: map, map: { key: { logicalType: string, classification: pii }, value: { logicalType: integer } } }
              - { name: anything, physicalType: json, classification: pii }
              - { name: whole, logicalType: object, customProperties: [ { property: privacy, value: drop } ] }
              - { name: crew, logicalType: array, classification: pii }
              - { name: note, logicalType: string, customProperties: [ { property: privacy, value: drop } ] }
              - { name: plain, logicalType: object, properties: [ { name: a, logicalType: integer } ] }
              - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0 } }
              - { name: extra, logicalType: integer, required: true }
        """;

    private static readonly (string Name, string Json)[] Values =
    [
        ("email", "\"planted@example.com\""), ("born", "\"1977-05-04\""), ("seen", "\"1977-05-04T03:02:07Z\""), ("clock", "\"03:02:07\""), ("income", "77123451"), ("salary", "88123457.25"),
        ("address", """{"street":"planted street","zip":"1"}"""), ("deep", """{"list":[{"inner":{"phone":"planted phone"}}]}"""), ("phones", """["planted 1","planted 2"]"""),
        ("tags", """{"home":"planted tag"}"""), ("byname", """{"planted name":1}"""), ("anything", """{"planted":["planted",77123451]}"""), ("whole", """{"x":"planted whole"}"""),
        ("crew", """["planted crew"]"""), ("note", "\"planted note\""), ("plain", """{"a":1}"""),
    ];

    /// <summary>Compiled anew: each log gives its own key to its contracts.</summary>
    public static (ContractPlan Present, EarlierContract Earlier) Compile(Func<string, string>? change = null)
    {
        var yaml = (change ?? (y => y))(Yaml);
        var before = Personal().Replace(yaml, "").Replace("version: 2.0.0", "version: 1.0.0", StringComparison.Ordinal)
            .Replace("name: extra, logicalType: integer, required: true", "name: extra, logicalType: integer", StringComparison.Ordinal);
        var present = Sample.Compile(yaml);
        return (present, EarlierContract.Join(present, Sample.Compile(before), AcceptedVersion.Read(present)!));
    }

    /// <summary>One row. Without <paramref name="extra"/> only the earlier version takes it; an amount below zero neither does.</summary>
    public static string Row(long id, double amount = 1, bool extra = true) => FormattableString.Invariant(
        $$"""{"id":{{id}},"event_time":"2024-01-01T00:00:00Z",{{string.Join(',', Values.Select(v => $"\"{v.Name}\":{v.Json}"))}},"amount":{{amount}}{{(extra ? ",\"extra\":1" : "")}}}""");

    /// <summary>The same as a row of a delimited file.</summary>
    public static string Cells(long id, char separator, double amount = 1, bool extra = true) => FormattableString.Invariant(
        $"{id}{separator}2024-01-01T00:00:00Z{separator}{string.Join(separator, Values.Select(v => v.Json[0] == '"' ? v.Json[1..^1] : $"\"{v.Json.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))}{separator}{amount}{separator}{(extra ? "1" : "")}");

    /// <summary>The same as SQL, each column with the type that Parquet has for it.</summary>
    public static string Sql(long id, double amount = 1, bool extra = true) => FormattableString.Invariant(
        $"SELECT {id}::BIGINT AS id, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS event_time, {string.Join(", ", Values.Select(v => $"{Literal(v.Name, v.Json)} AS {v.Name}"))}, {amount}::DOUBLE AS amount, {(extra ? "1" : "NULL")}::BIGINT AS extra");

    private static string Literal(string name, string json) => name switch
    {
        "born" => "DATE '1977-05-04'",
        "seen" => "TIMESTAMPTZ '1977-05-04 03:02:07+00'",
        "income" => "77123451::BIGINT",
        "salary" => "88123457.25::DOUBLE",
        _ => $"'{(json[0] == '"' ? json[1..^1] : json)}'",
    };

    [GeneratedRegex(", classification: pii|, customProperties: \\[ \\{ property: privacy, value: drop \\} \\]|customProperties: \\[ \\{ property: accepts.*\n", RegexOptions.None, 1000)]
    private static partial Regex Personal();
}
