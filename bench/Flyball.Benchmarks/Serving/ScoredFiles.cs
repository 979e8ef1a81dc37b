using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Native.DuckDb;
using Flyball.Native.XGBoost;
using Flyball.Serving;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.XGBoost;

namespace Flyball.Benchmarks.Serving;

/// <summary>A model of 100 trees of depth 6 over 20 columns of its request, and files of such requests; all made by formula.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="columns">Columns of a request that the model reads.</param>
internal sealed class ScoredFiles(string folder, int columns = ScoredFiles.Usual)
{
    public const int Usual = 20;

    private const int TrainingRows = 5_000;

    /// <summary>The model of the version that was loaded.</summary>
    public byte[] Onnx { get; private set; } = [];

    public int Columns => columns;

    /// <summary>The version, loaded as a server loads it.</summary>
    public ServedVersion Load()
    {
        var project = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"project-{columns}"));
        Write(project, "flyball.yaml", "name: scoring\nowner: bench@example.com\n");
        Write(project, "contracts/rows.odcs.yaml", "apiVersion: v3.1.0\nkind: DataContract\nid: rows\nversion: 1.0.0\nstatus: active\nschema:\n  - name: rows\n    properties:\n"
            + "      - { name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1 }\n      - { name: y, logicalType: integer, required: true }\n"
            + string.Concat(Names.Select(n => $"      - {{ name: {n}, logicalType: number, required: true, logicalTypeOptions: {{ minimum: 0, maximum: 1 }} }}\n")));
        Write(project, "features/row.yaml", $"view: row\ninputs: rows\nowner: bench@example.com\nfeatures:\n{string.Concat(Names.Select(n => $"  {n}: {n}\n"))}");
        Write(project, "models/scored.yaml", """
            model: scored
            task: binary-classification
            owner: bench@example.com
            purpose: Measure scoring of files
            risk: low
            predict: { on: rows }
            label: { from: rows, key: id, value: y }
            features: [ "row.*" ]
            split: { by: stratified, train: 60%, validation: 15%, test: 25%, seed: 11 }
            trainer: { kind: xgboost, rounds: 100, max_depth: 6, seed: 7 }
            decide: { block: "score >= 0.9", review: "score >= 0.5", allow: "otherwise" }
            gates:
              - roc_auc >= 0.5

            """);
        var plan = ProjectPlan.Load(project, out var problems) ?? throw new InvalidOperationException(problems[0].ToString());
        var bundle = Bundle(plan.Models["scored"]);
        Onnx = bundle[ModelBundle.OnnxName].ToArray();
        return VersionLoader.Load(bundle, 1, plan);
    }

    /// <summary>A file of so many requests; made once.</summary>
    public string Requests(long rows)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"requests-{columns}-{rows}.parquet"));
        if (!File.Exists(path))
        {
            using var database = DuckDbDatabase.OpenInMemory();
            using var connection = database.Connect();
            var columns = string.Join(", ", Names.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"CAST(hash(range * 31 + {i}) % 1000003 AS DOUBLE) / 1000003 AS {n}")));
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"COPY (SELECT range AS id, {columns} FROM range({rows})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"));
        }

        return path;
    }

    /// <summary>The same requests as the model's inputs.</summary>
    public float[] Matrix(string requests, int rows)
    {
        var matrix = new float[rows * Columns];
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        using var found = connection.Query($"SELECT {string.Join(", ", Names)} FROM read_parquet('{requests}')");
        for (var at = 0; found.NextChunk() is { } chunk; at += chunk.RowCount)
        {
            for (var c = 0; c < Columns; c++)
            {
                var column = chunk.Column<double>(c);
                for (var r = 0; r < column.Length; r++)
                {
                    matrix[((at + r) * Columns) + c] = (float)column[r];
                }
            }
        }

        return matrix;
    }

    public IEnumerable<string> Names => Enumerable.Range(0, Columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"f{i}"));

    private static void Write(string project, string path, string text)
    {
        var target = Path.Combine(project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    private ModelBundle Bundle(ModelPlan model) => ModelBundle.Create(new Dictionary<string, byte[]>
    {
        [ModelBundle.OnnxName] = Forest([.. model.Vector.Columns.Select(c => c.Name)]),
        [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(
            new ModelManifest
            {
                Model = model.Name,
                Task = "binary-classification",
                RunId = Digest.Of("run").Hex,
                PredictOn = model.Definition.PredictOn,
                RequestContract = model.Vector.Request.Digest.Hex,
                Features = [.. model.Vector.Columns.Select(c => new ManifestFeature(c.Name, c.Definition.Hex, 0))],
                Inputs = [],
                Gates = [],
                Decide = [new DecisionDefinition("block", "score >= 0.9"), new DecisionDefinition("review", "score >= 0.5"), new DecisionDefinition("allow", "otherwise")],
                Definition = model.Definition.Canonical,
                Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1),
                PackagingDifference = 0,
                OwnLabel = "y",
            },
            TrainingJson.Options),
    });

    private byte[] Forest(string[] names)
    {
        var random = new Random(7);
        var values = new float[TrainingRows * Columns];
        var labels = new float[TrainingRows];
        for (var r = 0; r < TrainingRows; r++)
        {
            var row = values.AsSpan(r * Columns, Columns);
            foreach (ref var value in row)
            {
                value = random.NextSingle();
            }

            labels[r] = row[0] + (row[1] * row[2]) + (0.5f * random.NextSingle()) > 1f ? 1 : 0;
        }

        using var matrix = XGBoostMatrix.FromDense(values, TrainingRows, Columns);
        matrix.SetLabels(labels);
        matrix.SetFeatureNames(names);
        using var booster = XGBoostBooster.Create(
            new Dictionary<string, string> { ["objective"] = "binary:logistic", ["max_depth"] = "6", ["nthread"] = "1", ["seed"] = "7" }, matrix);
        for (var round = 0; round < 100; round++)
        {
            booster.Update(round, matrix);
        }

        return XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(booster.Save(XGBoostFormat.Json)), names);
    }
}
