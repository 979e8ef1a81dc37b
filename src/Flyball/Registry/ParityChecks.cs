using System.Data;
using System.Text.Json;
using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>The SQL of parity checks. The table is only ever appended to.</summary>
internal sealed class ParityChecks(Catalog catalog)
{
    private const string Columns =
        "model AS Model, ordinal AS Ordinal, checked_at AS CheckedAt, actor AS Actor, compared AS Compared, identical AS Identical, features AS Features, report AS Report";

    /// <summary>The last check, whatever it compared; null before the first.</summary>
    public ParityCheck? Last(string model) => catalog.Read(c => Newest(c, null, model, "1 = 1"));

    /// <summary>The last check that compared anything: one that compared nothing neither blames nor clears.</summary>
    public ParityCheck? Deciding(string model) => catalog.Read(c => Deciding(c, null, model));

    /// <summary>The same inside a change of the registry.</summary>
    public static ParityCheck? Deciding(IDbConnection c, IDbTransaction? t, string model) => Newest(c, t, model, "compared > 0");

    /// <summary>Appends a check under the next number.</summary>
    public Task<ParityCheck> InsertAsync(ParityCheck check, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            var next = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM parity_checks WHERE model = @Model", new { check.Model }, t);
            var numbered = check with { Ordinal = next };
            c.Execute(
                "INSERT INTO parity_checks (model, ordinal, checked_at, actor, compared, identical, features, report) "
                + "VALUES (@Model, @Ordinal, @CheckedAt, @Actor, @Compared, @Identical, @Names, @Report)",
                new
                {
                    numbered.Model,
                    numbered.Ordinal,
                    numbered.CheckedAt,
                    numbered.Actor,
                    numbered.Compared,
                    numbered.Identical,
                    Names = JsonSerializer.Serialize(numbered.Features),
                    numbered.Report,
                },
                t);
            return numbered;
        },
        cancellation);

    private static ParityCheck? Newest(IDbConnection c, IDbTransaction? t, string model, string condition) => c.QueryFirstOrDefault<CheckRow>(
        $"SELECT {Columns} FROM parity_checks WHERE model = @model AND {condition} ORDER BY ordinal DESC LIMIT 1", new { model }, t)?.ToCheck();

    /// <summary>A row of <c>parity_checks</c>. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class CheckRow
    {
        public string Model { get; set; } = "";

        public int Ordinal { get; set; }

        public string CheckedAt { get; set; } = "";

        public string Actor { get; set; } = "";

        public long Compared { get; set; }

        public long Identical { get; set; }

        public string Features { get; set; } = "[]";

        public string Report { get; set; } = "{}";

        public ParityCheck ToCheck() => new(Model, Ordinal, CheckedAt, Actor, Compared, Identical, JsonSerializer.Deserialize<string[]>(Features) ?? [], Report);
    }
}
