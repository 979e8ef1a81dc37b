namespace Flyball.Tests.Contracts;

/// <summary>A contract that uses every section of the standard and every kind of field.</summary>
internal static class EverySection
{
    public const string Yaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: b8b2c9f4-rides
        name: Rides and their riders
        version: 2.4.0
        status: active
        tenant: City
        tags: [mobility, core]
        dataProduct: rides
        domain: transport
        contractCreatedTs: "2026-01-31T10:00:00Z"
        description:
          purpose: Rides as the vehicles report them
          usage: Arrival times
          limitations: No rides on foot
          authoritativeDefinitions:
            - { url: https://example.com/rides, type: businessDefinition, description: What a ride is }
          customProperties:
            - { property: reviewed, value: yes }
        servers:
          - server: warehouse
            type: postgresql
            host: db.example.com
            port: 5432
            database: ${DB_NAME:-rides}
            schema: public
            environment: prod
            roles: [ { role: reader, access: read } ]
          - { id: s2, server: lake, type: s3, location: "s3://rides/*.parquet", format: parquet }
        support:
          - { channel: "#rides", tool: slack, scope: interactive, url: https://example.com/chat }
        price: { priceAmount: 0.5, priceCurrency: EUR, priceUnit: gigabyte }
        team:
          name: rides
          members:
            - { username: ada, role: owner, dateIn: "2026-01-01", tags: [oncall] }
        roles:
          - { role: analyst, access: read, firstLevelApprovers: ada }
        slaDefaultElement: rides.event_time
        slaProperties:
          - { property: latency, value: 90, unit: s, element: rides.event_time, driver: operational }
          - { property: retention, value: 3, unit: y }
          - { property: frequency, value: 1, valueExt: 1, unit: d, element: "riders.id" }
          - { property: freshness, value: 15m }
          - { property: generalAvailability, value: "2026-02-01T00:00:00Z" }
        authoritativeDefinitions:
          - { url: https://example.com/contract, type: canonicalUrl }
        customProperties:
          - { property: cluster, value: [a, b] }
          - { property: empty, value: }
        schema:
          - id: rides_tbl
            name: rides
            logicalType: object
            physicalType: table
            physicalName: rides_v2
            businessName: Rides
            description: One row a ride
            dataGranularityDescription: One row a ride
            tags: [fact]
            authoritativeDefinitions: [ { url: https://example.com/t, type: implementation } ]
            customProperties: [ { property: tier, value: hot } ]
            relationships:
              - { type: foreignKey, from: [rides.rider_id, rides.country], to: [riders.id, riders.country] }
            quality:
              - { type: library, metric: rowCount, mustBeGreaterThan: 10, unit: rows, severity: warning, dimension: completeness, schedule: "0 * * * *", scheduler: cron }
              - { type: sql, query: "SELECT 1", mustBe: 1 }
              - { type: text, description: Rides are whole }
              - { type: custom, engine: soda, implementation: { checks: [1] } }
            properties:
              - { id: ride_id, name: ride_id, logicalType: integer, physicalType: bigint, primaryKey: true, primaryKeyPosition: 1, partitioned: false, partitionKeyPosition: -1 }
              - { name: event_time, logicalType: timestamp, required: true, logicalTypeOptions: { format: "yyyy-MM-dd HH:mm:ss", timezone: false, defaultTimezone: Europe/Paris } }
              - id: rider_id
                name: rider_id
                logicalType: string
                logicalTypeOptions: { format: uuid }
                classification: restricted
                criticalDataElement: true
                encryptedName: rider_enc
                transformSourceObjects: [raw.rides]
                transformLogic: select rider
                transformDescription: The rider
                examples: [ "0b3e6f0e-6a0f-4b0e-8f55-6a4e6d6f2f5e" ]
                relationships: [ { to: schema/riders_tbl/properties/riders_id } ]
                quality: [ { metric: nullValues, mustBe: 0 } ]
              - { name: country, physicalType: char(2), unique: false, logicalTypeOptions: { minLength: 2, maxLength: 2, pattern: "^[A-Z]+$" } }
              - { name: fare, logicalType: number, logicalTypeOptions: { minimum: 0, exclusiveMaximum: 1000, multipleOf: 0.01, format: f32 }, customProperties: [ { property: unit, value: EUR } ] }
              - { name: seats, physicalType: smallint, logicalTypeOptions: { format: u8, minimum: 1 } }
              - { name: shared, logicalType: boolean }
              - { name: day, logicalType: date, logicalTypeOptions: { minimum: "2020-01-01" } }
              - { name: pickup, logicalType: time, logicalTypeOptions: { minimum: "05:00:00", exclusiveMaximum: "23:30:00" } }
              - { name: plate, logicalType: string, unique: true }
              - { name: kind, logicalType: string, enum: [ { value: solo, label: Alone }, { value: pool, tags: [cheap] } ] }
              - name: address
                logicalType: object
                logicalTypeOptions: { minProperties: 1, maxProperties: 3, required: [city] }
                properties:
                  - { name: city, logicalType: string, logicalTypeOptions: { minLength: 1 } }
                  - { name: zip, logicalType: integer, required: true, logicalTypeOptions: { minimum: 1000 } }
                  - { name: since, logicalType: date }
              - name: tags
                logicalType: array
                logicalTypeOptions: { minItems: 1, maxItems: 3, uniqueItems: true }
                items: { logicalType: string, logicalTypeOptions: { maxLength: 5 } }
              - name: counts
                logicalType: map
                logicalTypeOptions: { maxProperties: 2 }
                map:
                  key: { logicalType: string, logicalTypeOptions: { pattern: "^[a-z]+$" } }
                  value: { logicalType: integer, logicalTypeOptions: { minimum: 0 } }
              - { name: payload, physicalType: jsonb }
          - id: riders_tbl
            name: riders
            properties:
              - { id: riders_id, name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, unique: true }
              - { name: country, logicalType: string, primaryKey: true, primaryKeyPosition: 2 }
        """;

    /// <summary>The line, counted from 1, that holds a text which stands once.</summary>
    public static int LineOf(string text)
    {
        var at = Yaml.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0 && Yaml.IndexOf(text, at + 1, StringComparison.Ordinal) < 0, $"'{text}' stands {(at < 0 ? "nowhere" : "twice")}.");
        return Yaml.AsSpan(0, at).Count('\n') + 1;
    }
}
