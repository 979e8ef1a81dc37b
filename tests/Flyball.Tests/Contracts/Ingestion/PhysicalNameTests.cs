using Flyball.Contracts;
using Flyball.Contracts.Inference;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Versions;
using Flyball.Native.DuckDb;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>A column whose name at its source is no identifier has a safe name, and rows and files may use either.</summary>
public sealed class PhysicalNameTests : IAsyncDisposable
{
    private const string Yaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: adults
        version: 1.0.0
        status: active
        schema:
          - name: adults
            properties:
              - { name: person, logicalType: integer, primaryKey: true, primaryKeyPosition: 1 }
              - { name: education_num, physicalName: education-num, logicalType: integer, required: true }
              - { name: native_country, physicalName: native-country, logicalType: string }
        """;

    private readonly ImportFixture fixture = new(Sample.Compile(Yaml), Sample.Transactions);

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData("p.csv", "person,education-num,native-country\n1,9,Cuba\n")]
    [InlineData("n.csv", "native_country,education_num,person\nCuba,9,1\n")]
    [InlineData("p.ndjson", """{"person":1,"education-num":9,"native-country":"Cuba"}""")]
    [InlineData("e.ndjson", """{"person":1,"education\u002dnum":9,"native_country":"Cuba"}""")]
    public async Task Either_name_is_the_column(string name, string text)
    {
        Assert.Equal(new ImportProgress(1, 1, 0, 0), await fixture.ImportAsync(fixture.Write(name, text), "adults"));

        Assert.Equal("1|9|Cuba", string.Join('|', fixture.Logs.Seen[0].Row));
    }

    [Fact]
    public async Task A_Parquet_file_may_use_it()
    {
        var path = Path.Combine(fixture.Logs.Folder, "p.parquet");
        using (var database = DuckDbDatabase.OpenInMemory())
        {
            using var connection = database.Connect();
            connection.Execute($"COPY (SELECT 1 AS person, 9 AS \"education-num\", 'Cuba' AS \"native-country\") TO '{path}' (FORMAT parquet)");
        }

        Assert.Equal(new ImportProgress(1, 1, 0, 0), await fixture.ImportAsync(path, "adults"));
        Assert.Equal("1|9|Cuba", string.Join('|', fixture.Logs.Seen[0].Row));
    }

    [Fact]
    public async Task Both_names_at_once_are_one_column_twice()
    {
        Assert.Contains("are the same column", (await fixture.RefusedAsync(fixture.Write("b.csv", "person,education-num,education_num\n1,9,9\n"), "adults")).Message, StringComparison.Ordinal);
        await fixture.ImportAsync(fixture.Write("b.ndjson", """{"person":1,"education-num":9,"education_num":9}"""), "adults");

        Assert.Equal(["FLY3106"], fixture.Codes("adults"));
    }

    [Fact]
    public void A_name_of_a_column_goes_before_physical_names_and_an_ambiguous_one_stands_for_none()
    {
        var plan = Sample.Compile(Yaml.Replace("physicalName: education-num", "physicalName: person", StringComparison.Ordinal));
        var twice = Sample.Compile(Yaml.Replace("physicalName: education-num", "physicalName: native-country", StringComparison.Ordinal));

        Assert.Equal((0, 2), (plan.ColumnOf("person"), plan.ColumnOf("native-country")));
        Assert.Equal(-1, twice.ColumnOf("native-country"));
    }

    [Fact]
    public async Task A_drafted_contract_takes_the_file_it_was_drafted_from()
    {
        var path = fixture.Write("d.csv", "person id,education-num,seen at\n" + string.Concat(Enumerable.Range(1, 500).Select(i => $"{i},{i % 16},2020-01-01T00:{i % 60:00}:00Z\n")));
        var draft = ContractInference.Infer(path, "drafted");
        await using var drafted = new ImportFixture(Sample.Compile(draft.Yaml));

        Assert.Equal(new ImportProgress(500, 500, 0, 0), await drafted.ImportAsync(path, "drafted"));

        Assert.Contains("physicalName: \"education-num\"", draft.Yaml, StringComparison.Ordinal);
        Assert.Equal(["person_id", "education_num", "seen_at"], draft.Columns.Select(c => c.Name));
        Assert.DoesNotContain("rename it in the file", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_one_is_a_minor_step_and_changing_it_a_major_one()
    {
        var without = Sample.Compile(Yaml.Replace("physicalName: education-num, ", "", StringComparison.Ordinal));
        var with = Sample.Compile(Yaml);
        var other = Sample.Compile(Yaml.Replace("physicalName: education-num", "physicalName: edu-num", StringComparison.Ordinal));
        var own = Sample.Compile(Yaml.Replace("physicalName: education-num", "physicalName: education_num", StringComparison.Ordinal));

        Assert.Equal(VersionStep.Minor, VersionRule.StepOf(ContractDifference.Between(without, with)));
        Assert.Equal(VersionStep.Major, VersionRule.StepOf(ContractDifference.Between(with, without)));
        Assert.Equal(VersionStep.Major, VersionRule.StepOf(ContractDifference.Between(with, other)));
        Assert.Equal(VersionStep.Patch, VersionRule.StepOf(ContractDifference.Between(without, own)));
    }
}
