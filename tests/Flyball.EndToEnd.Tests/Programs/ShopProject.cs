namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>A small project folder: payments, reports of fraud, one view of customers, one model that trains in seconds.</summary>
internal static class ShopProject
{
    public const string Payments = """
        apiVersion: v3.1.0
        kind: DataContract
        id: payments
        name: Payments
        version: 1.0.0
        status: active
        schema:
          - name: payments
            logicalType: object
            properties:
              - { name: payment_id, logicalType: integer, logicalTypeOptions: { minimum: 0, format: i64 }, required: true, unique: true, primaryKey: true, primaryKeyPosition: 1 }
              - { name: event_time, logicalType: timestamp, logicalTypeOptions: { timezone: true }, required: true, customProperties: [ { property: eventTime, value: true } ] }
              - { name: customer_id, logicalType: integer, logicalTypeOptions: { minimum: 0, format: i64 }, required: true, customProperties: [ { property: entity, value: customer } ] }
              - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0, maximum: 10000 }, required: true }
        """;

    private const string Reports = """
        apiVersion: v3.1.0
        kind: DataContract
        id: reports
        name: Reports
        version: 1.0.0
        status: active
        schema:
          - name: reports
            logicalType: object
            properties:
              - { name: payment_id, logicalType: integer, logicalTypeOptions: { minimum: 0, format: i64 }, required: true, unique: true, primaryKey: true, primaryKeyPosition: 1 }
              - { name: event_time, logicalType: timestamp, logicalTypeOptions: { timezone: true }, required: true, customProperties: [ { property: eventTime, value: true } ] }
              - { name: is_fraud, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 1 }, required: true }
        """;

    private const string Activity = """
        features: activity
        entity: customer_id
        source: payments
        owner: shop@example.com
        features:
          count_30d:  count() over 30d
          amount_30d: sum(amount) over 30d
        """;

    private const string Payment = """
        features: payment
        inputs: payments
        owner: shop@example.com
        features:
          amount: amount
          hour:   hour(event_time)
        """;

    private const string Model = """
        model: shop
        task: binary-classification
        owner: shop@example.com
        purpose: Tell large payments that are reported from those that are not
        risk: low
        predict: { on: payments, entities: { customer: customer_id } }
        label: { from: reports, key: payment_id, window: 1d, absent: 0 }
        features: [ "payment.*", "activity.*" ]
        split: { by: time, train: 20d, validation: 6d, test: 6d, embargo: 1d }
        trainer: { kind: xgboost, rounds: 20, max_depth: 3, learning_rate: 0.3, seed: 7 }
        decide: { block: "score >= 0.5", allow: "otherwise" }
        leakage: { allow: [ payment.amount ], reason: "Only large payments are reported, and the amount is known when a payment is judged" }
        gates:
          - roc_auc >= 0.9
          - brier_score <= 0.08
        """;

    /// <summary>Writes the folder and answers its path.</summary>
    public static string Write(string folder)
    {
        Put("flyball.yaml", "name: shop\nowner: shop@example.com\ndescription: A shop for tests\n");
        Put("contracts/payments.odcs.yaml", Payments);
        Put("contracts/reports.odcs.yaml", Reports);
        Put("features/activity.yaml", Activity);
        Put("features/payment.yaml", Payment);
        Put("models/shop.yaml", Model);
        return folder;

        void Put(string name, string text)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text + "\n");
        }
    }
}
