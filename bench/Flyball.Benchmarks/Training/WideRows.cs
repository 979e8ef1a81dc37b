using System.Globalization;
using System.Text;

namespace Flyball.Benchmarks.Training;

/// <summary>A project of one source with many random columns, a few of them null, and a label that follows from ten of them: the same bytes for the same numbers.</summary>
internal static class WideRows
{
    public const string Model = "wide";

    public static void WriteProject(string folder, int columns, int trees)
    {
        string[] names = [.. Enumerable.Range(0, columns).Select(c => string.Create(CultureInfo.InvariantCulture, $"f{c}"))];
        Write("flyball.yaml", "name: wide\nowner: bench@example.com\n");
        Write("contracts/rows.odcs.yaml", $"""
            apiVersion: v3.1.0
            kind: DataContract
            id: wide-rows
            name: Rows
            version: 1.0.0
            status: active
            schema:
              - name: rows
                logicalType: object
                properties:
                  - {"{"} name: id, logicalType: integer, required: true, unique: true, primaryKey: true, primaryKeyPosition: 1 {"}"}
                  - {"{"} name: y, logicalType: integer, required: true, logicalTypeOptions: {"{"} minimum: 0, maximum: 1 {"}"} {"}"}
            {string.Concat(names.Select(n => $"      - {{ name: {n}, logicalType: number }}\n"))}
            """);
        Write("features/row.yaml", $"""
            view: row
            inputs: rows
            owner: bench@example.com
            features:
            {string.Concat(names.Select(n => $"  x_{n}: {n}\n"))}
            """);
        Write($"models/{Model}.yaml", $$"""
            model: {{Model}}
            task: binary-classification
            owner: bench@example.com
            purpose: Measure how long a training takes
            risk: low
            predict: { on: rows }
            label: { from: rows, key: id, value: y }
            features: [ "row.*" ]
            split: { by: stratified, train: 80%, validation: 10%, test: 10%, seed: 11 }
            trainer: { kind: xgboost, rounds: {{trees}}, max_depth: 6, learning_rate: 0.1, seed: 7 }
            calibrate: none
            gates:
              - roc_auc >= 0.5
            """);

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text + "\n");
        }
    }

    public static void WriteCsv(string path, int rows, int columns)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        file.Write("id,y," + string.Join(',', Enumerable.Range(0, columns).Select(c => string.Create(CultureInfo.InvariantCulture, $"f{c}"))) + "\n");
        var random = new Random(5);
        var values = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < columns; c++)
            {
                values[c] = random.Next(100) == 0 ? float.NaN : (float)Math.Round((random.NextDouble() * 2) - 1, 5);
            }

            file.Write(string.Create(CultureInfo.InvariantCulture, $"{row},{LabelOf(values)}"));
            foreach (var value in values)
            {
                file.Write(',');
                if (!float.IsNaN(value))
                {
                    file.Write(value.ToString("R", CultureInfo.InvariantCulture));
                }
            }

            file.Write('\n');
        }
    }

    /// <summary>1 where a sum of ten columns with an interaction, and noise from the digits of others, is above its middle.</summary>
    public static int LabelOf(ReadOnlySpan<float> values)
    {
        double sum = 0, noise = 0;
        for (var c = 0; c < values.Length; c++)
        {
            double value = float.IsNaN(values[c]) ? 0 : values[c];
            sum += c < 10 ? value * (c % 2 == 0 ? 1 : -0.7) : 0;
            noise += value * 1e5 % 1000;
        }

        return sum + (values[0] > 0.2f && values[1] < 0 ? 1 : 0) + (Math.Abs(noise % 1000) / 500) - 1 > 0.2 ? 1 : 0;
    }
}
