using Flyball.Contracts;

namespace Flyball.Tests.Contracts.Privacy;

/// <summary>A source about people: an address that is tokenised and identifies the entity, and a birthday and a note that are dropped.</summary>
internal static class PersonalSample
{
    public const string Yaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: visits
        version: 1.0.0
        status: active
        schema:
          - name: visits
            properties:
              - { name: visit_id, logicalType: integer, primaryKey: true }
              - { name: event_time, logicalType: timestamp, required: true }
              - name: email
                logicalType: string
                required: true
                classification: PII
                logicalTypeOptions: { pattern: "^[^@]+@[^@]+$", maxLength: 60 }
                customProperties: [ { property: entity, value: visitor } ]
              - { name: born, logicalType: date, required: true, classification: personal }
              - { name: note, logicalType: string, classification: internal, customProperties: [ { property: privacy, value: drop } ] }
              - { name: amount, logicalType: number, required: true, logicalTypeOptions: { minimum: 0 } }
        """;

    /// <summary>Compiled anew: each log gives its own key to its contracts.</summary>
    public static ContractPlan Plan() => Sample.Compile(Yaml);

    public static string Visit(long id, string email, double amount = 1, string born = "1977-05-04", string note = "secret-note-31") => FormattableString.Invariant(
        $$"""{"visit_id":{{id}},"event_time":"2024-01-01T00:00:00Z","email":"{{email}}","born":"{{born}}","note":"{{note}}","amount":{{amount}}}""");
}
