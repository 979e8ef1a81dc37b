using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Tests.Windows;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Features.History;
using Flyball.Projects;
using Flyball.Storage.Lakes;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Features.History;

/// <summary>A row of the source <c>rows</c>: its entity, and what the oracle knows of it.</summary>
internal sealed record WorldRow(string? Entity, long Id, LogRow Row);

/// <summary>A row of a spine.</summary>
internal sealed record Asked(string? Entity, long T, long? KnownBy = null);

/// <summary>A lake of one source that a test writes row by row, and histories over it without a server.</summary>
internal sealed class HistoryWorld : IDisposable
{
    private const string Yaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: rows
        version: 1.0.0
        status: active
        schema:
          - name: rows
            customProperties: []
            properties:
              - { name: id, logicalType: integer, primaryKey: true }
              - { name: event_time, logicalType: timestamp, required: true, customProperties: [ { property: eventTime, value: true } ] }
              - { name: e, logicalType: string, customProperties: [ { property: entity, value: e } ] }
              - { name: x, logicalType: number }
              - { name: k, logicalType: integer }
              - { name: c, logicalType: boolean }
              - { name: s, logicalType: string }
        """;

    private readonly Lake lake;
    private long written;

    public HistoryWorld(bool takesCorrections = false, int rowsPerFile = 500_000)
    {
        Source = Sample.Compile(takesCorrections ? Yaml.Replace("customProperties: []", "customProperties: [ { property: corrections, value: accept } ]", StringComparison.Ordinal) : Yaml.Replace("    customProperties: []\n", "", StringComparison.Ordinal));
        Assert.Equal(takesCorrections, Source.TakesCorrections);
        lake = Lake.Open(LakeFolder, new LakeOptions { RowsPerFile = rowsPerFile });
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("flyball-history-").FullName;

    public string LakeFolder => Path.Combine(Folder, "lake");

    public ContractPlan Source { get; }

    public static Value T(string? text) => Value.FromText(text);

    /// <summary>A row with the number x, known as soon as it happened unless said otherwise.</summary>
    public static WorldRow Row(string? entity, long seq, long eventTime, double? x, long? knownAt = null) => new(
        entity, seq, new LogRow(eventTime, knownAt ?? eventTime, seq, x is { } number ? Value.FromNumber(number) : Value.Null, Value.Null, Value.Null));

    /// <summary>Writes rows in the order of their positions.</summary>
    public void Append(IEnumerable<WorldRow> rows)
    {
        var ordered = rows.OrderBy(r => r.Row.Seq).ToList();
        var last = ordered.Count == 0 ? written : ordered[^1].Row.Seq;
        lake.Extend("rows", Columns(), new Horizon(last), writer =>
        {
            foreach (var (entity, id, row) in ordered)
            {
                writer.Begin(row.Seq, row.EventTime, row.KnownAt);
                foreach (var value in new[] { Value.FromInteger(id), Value.FromTimestamp(row.EventTime), T(entity), row.X, row.K, row.C, row.S })
                {
                    Put(writer, value);
                }

                if (Source.TakesCorrections)
                {
                    writer.Append(row.Identity is { IsKeyed: true, Kind: RowKind.Retraction });
                }

                writer.End();
            }
        });
        written = last;
    }

    public IReadOnlyList<EntityFeatureView> Views(params string[] features) => Compile($"view: v\nentity: e\nsource: rows\nfeatures:\n{string.Concat(features.Select((f, i) => $"  f{i}: \"{f}\"\n"))}").EntityViews;

    public FeaturePlans Compile(params string[] yaml)
    {
        var problems = new ProblemList();
        var definitions = yaml.Select((text, i) => FeatureViewDefinition.Read(YamlSection.Parse($"features/{i}.yaml", text, problems)!)).OfType<FeatureViewDefinition>().ToList();
        var plans = FeaturePlans.Compile(definitions, new Dictionary<string, ContractPlan> { ["rows"] = Source }, problems);
        Assert.Empty(problems);
        return plans;
    }

    /// <summary>The values of every row of a spine, in its order.</summary>
    public IReadOnlyList<Value[]> Ask(IReadOnlyList<EntityFeatureView> views, IReadOnlyList<Asked> spine, Visibility visibility = default, long? horizon = null, HistoryOptions? options = null, bool statuses = false, bool allowEmpty = true)
    {
        using var table = Open(spine, options ?? new HistoryOptions());
        var plan = Plan(views, visibility, horizon, statuses) with { AllowsEmpty = allowEmpty };
        new HistoryRun(plan, table, LakeFolder, options ?? new HistoryOptions()).Run();
        return Read(table, plan.Shape.Columns);
    }

    public HistoryPlan Plan(IReadOnlyList<EntityFeatureView> views, Visibility visibility = default, long? horizon = null, bool statuses = false)
    {
        var upTo = horizon is { } seq ? new Horizon(seq) : new Horizon(written);
        var lanes = ViewLane.Of(views.Select(v => (v, "e")), upTo, visibility, statuses);
        return new HistoryPlan([.. lanes.Select(l => l.Lane)], new ViewShape(views, lanes, statuses), visibility, [lake.Manifest("rows", upTo)]);
    }

    public SpineTable Open(IReadOnlyList<Asked> spine, HistoryOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("flyball-history-run-").FullName;
        runs.Add(folder);
        return SpineTable.Create("spine", folder, false, options, db =>
        {
            var stated = spine.Any(a => a.KnownBy is not null);
            db.Execute($"CREATE TABLE spine (e VARCHAR, event_time TIMESTAMP{(stated ? ", known_at TIMESTAMP" : "")})");
            using var rows = db.Appender("spine");
            foreach (var asked in spine)
            {
                rows.Append(asked.Entity);
                rows.AppendTimestampMicros(asked.T);
                if (stated)
                {
                    SpineTable.Append(rows, asked.KnownBy is { } known ? Value.FromTimestamp(known) : Value.Null, ScalarType.Timestamp);
                }

                rows.EndRow();
            }

            rows.Close();
        });
    }

    public static IReadOnlyList<Value[]> Read(SpineTable table, IReadOnlyList<Field> columns)
    {
        using var tables = table.Connection.Query($"SELECT count(*) FROM duckdb_tables() WHERE table_name = '{WholeTable.Name}'");
        using var found = table.Connection.Query(tables.NextChunk()!.Column<long>(0)[0] == 1 ? $"SELECT rowid, * EXCLUDE ({string.Join(", ", table.Columns.Select(c => SpineTable.Quoted(c.Name)))}) FROM {WholeTable.Name} ORDER BY rowid" : "SELECT * FROM found ORDER BY spine_row");
        var rows = new List<Value[]>();
        while (found.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                Assert.Equal(rows.Count, chunk.Column<long>(0)[r]);
                rows.Add([.. columns.Select((c, i) => LakeCell.Read(chunk, i + 1, r, c.Type))]);
            }
        }

        return rows;
    }

    public void Dispose()
    {
        lake.Dispose();
        foreach (var folder in runs.Append(Folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private readonly List<string> runs = [];

    private List<LakeColumn> Columns()
    {
        List<LakeColumn> columns = [.. Source.Schema.Fields.Select(f => new LakeColumn(f.Name, Enum.Parse<LakeType>(f.Type.ToString())))];
        if (Source.TakesCorrections)
        {
            columns.Add(new LakeColumn(EventLake.Retraction, LakeType.Boolean));
        }

        return columns;
    }

    private static void Put(LakeRowWriter writer, Value value)
    {
        switch (value.Kind)
        {
            case null:
                writer.AppendNull();
                break;
            case ScalarType.Boolean:
                writer.Append(value.AsBoolean);
                break;
            case ScalarType.Integer:
                writer.Append(value.AsInteger);
                break;
            case ScalarType.Number:
                writer.Append(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                writer.AppendTimestampMicros(value.AsTimestamp.Micros);
                break;
            default:
                writer.Append(value.AsText);
                break;
        }
    }
}
