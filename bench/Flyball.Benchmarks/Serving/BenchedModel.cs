using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>A project with one model of twenty numbers and 100 trees of depth 3, and the rows that it and its peers learn from.</summary>
internal static class BenchedModel
{
    public const int Columns = 20;
    private const int Rows = 4_000;
    private const int Requests = 1_000;

    public static string CsvIn(string folder) => Path.Combine(folder, "rows.csv");

    public static string RequestsIn(string folder) => Path.Combine(folder, "requests.jsonl");

    public static string ProjectIn(string folder) => Path.Combine(folder, "project");

    /// <summary>The first is called bench, those behind it bench2 and on.</summary>
    public static IEnumerable<string> Names(int models) => Enumerable.Range(1, models).Select(i => i == 1 ? "bench" : string.Create(CultureInfo.InvariantCulture, $"bench{i}"));

    /// <summary>Writes the project, a CSV file to learn from and a file of requests, one JSON object a line.</summary>
    /// <param name="models">How many; each of its own seed.</param>
    /// <param name="trees">Their number, depth and the rate they learn at.</param>
    public static void Write(string folder, int models = 1, string trees = "rounds: 100, max_depth: 3, learning_rate: 0.1")
    {
        Put("flyball.yaml", "name: bench\nowner: bench@example.com\ndescription: One model to be timed\n");
        Put("contracts/readings.odcs.yaml", Contract());
        Put("features/reading.yaml", "view: reading\ninputs: readings\nowner: bench@example.com\nfeatures:\n" + string.Concat(Enumerable.Range(0, Columns).Select(i => $"  x{i}: x{i}\n")));
        foreach (var (name, seed) in Names(models).Select((n, i) => (n, 7 + i)))
        {
            Put($"models/{name}.yaml", Model(name, seed, trees));
        }

        var draw = new Random(17);
        var csv = new StringBuilder("id," + string.Join(',', Enumerable.Range(0, Columns).Select(i => $"x{i}")) + ",y\n");
        for (var id = 0; id < Rows; id++)
        {
            var x = Draw(draw);
            var y = x[0] + (x[1] * x[2]) - Math.Abs(x[3]) + (draw.NextDouble() - 0.5) > 0 ? 1 : 0;
            csv.Append(CultureInfo.InvariantCulture, $"{id},{string.Join(',', x.Select(v => v.ToString(CultureInfo.InvariantCulture)))},{y}\n");
        }

        File.WriteAllText(CsvIn(folder), csv.ToString());
        File.WriteAllLines(RequestsIn(folder), Enumerable.Range(0, Requests).Select(i =>
            $"{{\"id\":{1_000_000 + i},{string.Join(',', Draw(draw).Select((v, k) => string.Create(CultureInfo.InvariantCulture, $"\"x{k}\":{v}")))}}}"));

        void Put(string name, string text)
        {
            var path = Path.Combine(ProjectIn(folder), name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text + "\n");
        }
    }

    /// <summary>Imports the rows, trains, approves and deploys.</summary>
    public static async Task DeployAsync(ServedProgram program, string folder, int models = 1)
    {
        using var http = new HttpClient { BaseAddress = program.Address, Timeout = TimeSpan.FromMinutes(5) };
        await ExpectAsync(http, "/v1/imports/readings", await File.ReadAllTextAsync(CsvIn(folder)), "text/csv");
        foreach (var name in Names(models))
        {
            await ExpectAsync(http, $"/v1/models/{name}/train", "{}", "application/json");
            await ExpectAsync(http, $"/v1/models/{name}/versions/1/approve", """{"reason":"the gate holds"}""", "application/json");
            await ExpectAsync(http, $"/v1/models/{name}/deploy", """{"version":1}""", "application/json");
        }

        var answer = await ExpectAsync(http, "/v1/models/bench/predict", File.ReadLines(RequestsIn(folder)).First(), "application/json");
        Console.WriteLine($"one answer: {answer.ToJsonString()}");
    }

    private static async Task<JsonNode> ExpectAsync(HttpClient http, string path, string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new(type);
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(text.TrimEnd().Split('\n')[^1])! : throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}");
    }

    private static double[] Draw(Random draw) => [.. Enumerable.Range(0, Columns).Select(_ => Math.Round((draw.NextDouble() * 2) - 1, 4))];

    private static string Model(string name, int seed, string trees) => $$"""
        model: {{name}}
        task: binary-classification
        owner: bench@example.com
        purpose: A model of a usual size, to time what serves it
        risk: low
        predict: { on: readings }
        label: { from: readings, key: id, value: "y", positive: "1" }
        features: [ "reading.*" ]
        split: { by: stratified, train: 60%, validation: 15%, test: 25%, seed: 11 }
        trainer: { kind: xgboost, {{trees}}, seed: {{seed}} }
        calibrate: none
        decide: { block: "score >= 0.5", allow: "otherwise" }
        gates: [ roc_auc >= 0.6 ]
        """;

    private static string Contract() => """
        apiVersion: v3.1.0
        kind: DataContract
        id: bench-readings
        name: Readings
        version: 1.0.0
        status: active
        schema:
          - name: readings
            logicalType: object
            properties:
              - { name: id, logicalType: integer, logicalTypeOptions: { minimum: 0, format: i64 }, required: true, unique: true, primaryKey: true, primaryKeyPosition: 1 }

        """ + string.Concat(Enumerable.Range(0, Columns).Select(i => $"      - {{ name: x{i}, logicalType: number, logicalTypeOptions: {{ minimum: -10, maximum: 10 }}, required: true }}\n"))
        + "      - { name: \"y\", logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 1 } }\n";
}
