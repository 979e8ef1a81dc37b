using Flyball.Contracts.Inference;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Inference;

public sealed class SharedDraftTests : IDisposable
{
    private readonly DraftFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Theory]
    [InlineData("bike_sharing/day.csv", 731)]
    [InlineData("bike_sharing/hour.csv", 17_379)]
    [InlineData("churn/Telco-Customer-Churn.csv", 7_043)]
    [InlineData("drift_synthetic/rt_8873985678962563_gradual.csv.gz", 41_000)]
    [InlineData("drift_synthetic/sea_0123_abrupto_noise_0.2.csv.gz", 40_000)]
    [InlineData("electricity/electricity.csv", 45_312)]
    [InlineData("fraud/fraud_reports.csv.gz", 1_574)]
    [InlineData("fraud/transactions.csv.gz", 174_289)]
    [InlineData("retail_sales/example_retail_sales.csv", 293)]
    public Task A_draft_accepts_the_file_it_was_made_from(string file, int rows) => AssertAcceptedAsync(SharedFiles.Find("data/" + file), rows);

    [Theory]
    [InlineData("feast_credit/credit_history_sample.csv", 1_000)]
    [InlineData("feast_credit/loan_table_sample.csv", 1_000)]
    [InlineData("feast_credit/zipcode_table_sample.csv", 2_884)]
    [InlineData("nyc_taxi/openmldb_taxi_2016.csv.gz", 10_000)]
    [InlineData("nyc_taxi/seaborn_taxis_2019_03.csv.gz", 6_500)]
    public async Task A_draft_accepts_the_file_it_was_made_from_with_its_times_as_written(string file, int rows)
    {
        var path = SharedFiles.Find("data/" + file);
        await fixture.RequireWrittenTimesAsync();
        await AssertAcceptedAsync(path, rows);
    }

    [Theory]
    [InlineData("adult/adults.parquet", 48_842)]
    [InlineData("feast_credit/training_dataset_sample.parquet", 1_000)]
    public async Task A_draft_accepts_the_records_of_the_parquet_file_it_was_made_from(string file, int rows)
    {
        var path = SharedFiles.Find("data/" + file);
        var draft = ContractInference.Infer(path);
        AssertFew(await DraftFixture.GateAsync(draft, fixture.AsLines(draft, path)), rows);
    }

    [Fact]
    public async Task A_file_without_a_header_is_seen_and_passes_with_the_drafts_names()
    {
        var path = SharedFiles.Find("data/german_credit/german.csv");
        var draft = ContractInference.Infer(path);

        Assert.False(draft.HasHeader);
        Assert.Equal(21, draft.Columns.Count);
        var named = fixture.Write("german.csv", string.Join(',', draft.Columns.Select(c => c.Name)) + "\n" + File.ReadAllText(path));
        AssertFew(await DraftFixture.GateAsync(draft, named), 1_000);
    }

    [Fact]
    public async Task The_blanks_of_TotalCharges_are_visible_and_nothing_else_but_a_number_passes()
    {
        var path = SharedFiles.Find("data/churn/Telco-Customer-Churn.csv");
        var draft = ContractInference.Infer(path);

        var finding = Assert.Single(draft.Findings, f => f.Column == "TotalCharges");
        Assert.Equal("blanks", finding.Kind);
        Assert.Contains("11 of 7,043 values are blank", finding.Message, StringComparison.Ordinal);
        Assert.Contains(finding.Message, draft.Yaml, StringComparison.Ordinal);
        Assert.Equal("customerID", Assert.Single(draft.Columns, c => c.IsKey).Name);
        var lines = File.ReadLines(path).Take(3).ToArray();
        lines[2] = lines[2].Replace("1889.5", "unknown", StringComparison.Ordinal);
        Assert.Equal(1, (await DraftFixture.GateAsync(draft, fixture.Write("two.csv", string.Join('\n', lines)))).Quarantined);
    }

    [Fact]
    public async Task Under_the_draft_of_one_year_the_taxi_file_of_the_other_is_refused_with_the_columns_that_differ()
    {
        var (old, recent) = (SharedFiles.Find("data/nyc_taxi/openmldb_taxi_2016.csv.gz"), SharedFiles.Find("data/nyc_taxi/seaborn_taxis_2019_03.csv.gz"));

        var refused = await Assert.ThrowsAsync<FlyballException>(() => DraftFixture.GateAsync(ContractInference.Infer(old), recent));

        Assert.Contains("'VendorID' is not in the contract", refused.Problem.Message, StringComparison.Ordinal);
        var later = ContractInference.Infer(recent);
        Assert.Contains(later.Findings, f => f is { Column: "ehail_fee", Kind: "empty" });
        Assert.Contains(later.Findings, f => f is { Column: "trip_type", Kind: "nulls" });
        Assert.Equal("tpep_pickup_datetime", Assert.Single(later.Columns, c => c.IsEventTime).Name);
        Assert.Equal("pickup_datetime", Assert.Single(ContractInference.Infer(old).Columns, c => c.IsEventTime).Name);
    }

    [Fact]
    public void What_identifies_people_in_credit_histories_is_seen()
    {
        var draft = ContractInference.Infer(SharedFiles.Find("data/feast_credit/credit_history_sample.csv"));

        Assert.Equal(["dob_ssn"], draft.Columns.Where(c => c.IsPersonal).Select(c => c.Name));
        Assert.DoesNotContain("19530219_5179", draft.Yaml, StringComparison.Ordinal);
    }

    private static async Task AssertAcceptedAsync(string path, int rows) => AssertFew(await DraftFixture.GateAsync(ContractInference.Infer(path), path), rows);

    private static void AssertFew(Flyball.Contracts.Ingestion.ImportProgress progress, int rows)
    {
        Assert.Equal(rows, progress.Received);
        TestContext.Current.TestOutputHelper?.WriteLine($"{progress.Quarantined} of {rows} in quarantine, {progress.Duplicates} duplicates");
        Assert.InRange(progress.Quarantined, 0, (rows / 1_000.0) - 0.001);
    }
}
