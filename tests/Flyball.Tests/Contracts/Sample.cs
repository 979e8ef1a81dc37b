using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

/// <summary>Contracts that the tests of this folder share.</summary>
internal static class Sample
{
    public const string TransactionsYaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: 53581432-6c55-4ba2-a65f-72344a91553a
        name: Card transactions
        version: 1.0.0
        status: active
        description: { purpose: Authorised card transactions }
        slaProperties: [ { property: freshness, value: 1, unit: h } ]
        team: { name: risk }
        schema:
          - name: transactions
            logicalType: object
            physicalType: table
            properties:
              - name: transaction_id
                logicalType: integer
                primaryKey: true
                primaryKeyPosition: 1
              - name: event_time
                logicalType: timestamp
                required: true
                customProperties: [ { property: eventTime, value: true } ]
              - name: customer_id
                logicalType: integer
                required: true
                customProperties: [ { property: entity, value: customer } ]
              - name: terminal_id
                logicalType: integer
                required: true
                customProperties: [ { property: entity, value: terminal } ]
              - name: amount
                logicalType: number
                required: true
                logicalTypeOptions: { minimum: 0, maximum: 10000 }
                customProperties: [ { property: unit, value: EUR } ]
        """;

    /// <summary>The transactions, where a second row of a key corrects the first.</summary>
    public static string CorrectableYaml { get; } = TransactionsYaml.Replace("    physicalType: table\n", "    physicalType: table\n    customProperties: [ { property: corrections, value: accept } ]\n", StringComparison.Ordinal);

    /// <summary>Every type, each rule beyond the type, optional fields and a key of two fields.</summary>
    public const string EverythingYaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: everything
        version: 2
        status: draft
        schema:
          - name: everything
            properties:
              - { name: region, logicalType: string, primaryKey: true, primaryKeyPosition: 2, logicalTypeOptions: { minLength: 2, maxLength: 4 } }
              - { name: number, logicalType: integer, primaryKey: true, primaryKeyPosition: 1 }
              - { name: at, logicalType: timestamp, customProperties: [ { property: eventTime, value: true } ] }
              - { name: flag, logicalType: boolean }
              - { name: ratio, logicalType: number, logicalTypeOptions: { exclusiveMinimum: -1, exclusiveMaximum: 1 } }
              - { name: any, logicalType: number }
              - { name: small, logicalType: integer, logicalTypeOptions: { format: i8, multipleOf: 3 } }
              - { name: day, logicalType: date, logicalTypeOptions: { minimum: 2000-01-01 } }
              - { name: code, logicalType: string, logicalTypeOptions: { pattern: "^(a+)+$" } }
              - { name: note, logicalType: string, customProperties: [ { property: nullPolicy, value: refuse } ] }
        """;

    public const string KeylessYaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: clicks
        version: 1
        status: active
        schema:
          - name: clicks
            properties:
              - { name: event_time, logicalType: timestamp }
              - { name: page, logicalType: string }
        """;

    public static ContractPlan Keyless { get; } = Compile(KeylessYaml);

    public static ContractPlan Transactions { get; } = Compile(TransactionsYaml);

    public static ContractPlan Correctable { get; } = Compile(CorrectableYaml);

    public static ContractPlan Everything { get; } = Compile(EverythingYaml);

    public static ContractPlan Compile(string yaml)
    {
        var problems = new ProblemList();
        var plan = ContractCompiler.Compile(YamlSection.Parse("c.odcs.yaml", yaml, problems)!);
        Assert.Empty(problems);
        return plan!;
    }

    public static ProblemList ProblemsOf(string yaml)
    {
        var problems = new ProblemList();
        var root = YamlSection.Parse("c.odcs.yaml", yaml, problems);
        Assert.True(root is null || ContractCompiler.Compile(root) is null);
        return problems;
    }
}
