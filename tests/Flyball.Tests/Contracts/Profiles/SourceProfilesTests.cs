using System.Diagnostics;
using Flyball.Contracts;
using Flyball.Contracts.Profiles;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Tests.Contracts.Profiles;

public sealed class SourceProfilesTests
{
    [Fact]
    public async Task Rows_are_profiled_under_the_UTC_day_of_their_event_time()
    {
        await using var fixture = new ProfileFixture();
        await fixture.IngestAsync(1, 0, 23, 24, 30, 49);

        var all = fixture.Profiles.Read("transactions")!;
        Assert.Equal(["2018-04-01", "2018-04-02", "2018-04-03"], all.Days);
        Assert.Equal(5, all.Profile.Rows);
        Assert.Equal(2, fixture.Profiles.Read("transactions", new DateOnly(2018, 4, 2), new DateOnly(2018, 4, 3))!.Profile.Rows);
        Assert.Equal((1, 5), (all.Profile.Find("transaction_id")!.Min.AsInteger, all.Profile.Find("transaction_id")!.Max.AsInteger));
        Assert.Null(fixture.Profiles.Read("nothing"));
    }

    [Fact]
    public async Task A_restart_takes_up_where_the_files_end_and_late_rows_join_their_day()
    {
        await using var fixture = new ProfileFixture();
        await using var uninterrupted = new ProfileFixture();
        await fixture.IngestAsync(1, Enumerable.Range(0, 60));
        var before = Digests(fixture);
        await fixture.ReopenAsync(save: true);

        Assert.Equal(0, fixture.Profiles.Removed);
        Assert.Equal(0, fixture.Profiles.OpenDays); // nothing of it was profiled again
        Assert.Equal(before, Digests(fixture));

        await fixture.IngestAsync(100, 5, 70);
        await uninterrupted.IngestAsync(1, Enumerable.Range(0, 60));
        await uninterrupted.IngestAsync(100, 5, 70);
        Assert.Equal(Digests(uninterrupted), Digests(fixture));
        Assert.Equal(25, fixture.Profiles.Read("transactions", null, new DateOnly(2018, 4, 2))!.Profile.Rows);
    }

    [Fact]
    public async Task After_a_crash_the_log_gives_what_the_files_lack()
    {
        await using var fixture = new ProfileFixture();
        await fixture.IngestAsync(1, Enumerable.Range(0, 40));
        fixture.Profiles.Save();
        await fixture.IngestAsync(100, Enumerable.Range(10, 40));
        var before = Digests(fixture);

        await fixture.ReopenAsync(save: false);

        Assert.Equal(before, Digests(fixture));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("changed")]
    [InlineData("moved")]
    public async Task A_damaged_file_is_made_again_from_the_log(string damage)
    {
        await using var fixture = new ProfileFixture();
        await fixture.IngestAsync(1, Enumerable.Range(0, 60));
        var before = Digests(fixture);
        fixture.Profiles.Save();
        var path = fixture.Files[1];
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "cut":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "changed":
                File.WriteAllText(path, File.ReadAllText(path).Replace("\"nulls\":0", "\"nulls\":1", StringComparison.Ordinal));
                break;
            default:
                File.Copy(fixture.Files[0], path, overwrite: true);
                break;
        }

        await fixture.ReopenAsync(save: false);

        Assert.Equal(1, fixture.Profiles.Removed);
        Assert.Equal(before, Digests(fixture));
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_the_program_runs_is_left_out_and_named()
    {
        await using var fixture = new ProfileFixture();
        await fixture.IngestAsync(1, Enumerable.Range(0, 60));
        await fixture.ReopenAsync(save: true);
        File.WriteAllText(fixture.Files[0], "{}");

        var span = fixture.Profiles.Read("transactions")!;
        Assert.Equal(["2018-04-01"], span.Incomplete);
        Assert.Equal(36, span.Profile.Rows);
        await fixture.IngestAsync(100, 3); // a late row of that day changes nothing of this
        Assert.Equal(["2018-04-01"], fixture.Profiles.Read("transactions")!.Incomplete);

        await fixture.ReopenAsync(save: true);
        Assert.Empty(fixture.Profiles.Read("transactions")!.Incomplete);
        Assert.Equal(61, fixture.Profiles.Read("transactions")!.Profile.Rows);
    }

    [Fact]
    public async Task A_file_of_another_log_is_not_believed()
    {
        await using var fixture = new ProfileFixture();
        await using var longer = new ProfileFixture();
        await fixture.IngestAsync(1, 1, 2);
        await longer.IngestAsync(1, Enumerable.Range(0, 20));
        longer.Profiles.Save();
        Directory.CreateDirectory(Path.Combine(fixture.Folder, "transactions"));
        File.Copy(longer.Files[0], Path.Combine(fixture.Folder, "transactions", "2018-04-01.json"));

        await fixture.ReopenAsync(save: false);

        Assert.Equal(1, fixture.Profiles.Removed);
        Assert.Equal(2, fixture.Profiles.Read("transactions")!.Profile.Rows);
    }

    [Fact]
    public async Task When_a_column_becomes_personal_its_values_leave_the_files()
    {
        await using var fixture = new ProfileFixture();
        await fixture.IngestAsync(1, Enumerable.Range(0, 30));
        fixture.Profiles.Save();
        Assert.Contains("777001", File.ReadAllText(fixture.Files[0]), StringComparison.Ordinal);

        var personal = Sample.Compile(Sample.TransactionsYaml.Replace("- name: customer_id\n", "- name: customer_id\n        classification: restricted\n", StringComparison.Ordinal));
        await fixture.ReopenAsync(save: false, personal);
        fixture.Profiles.Save();

        Assert.All(fixture.Files, f => Assert.DoesNotContain("777001", File.ReadAllText(f), StringComparison.Ordinal));
        var customer = fixture.Profiles.Read("transactions")!.Profile.Find("customer_id")!;
        Assert.True(customer.Column.IsOpaque);
        Assert.Equal(30, customer.Rows);
        Assert.DoesNotContain("777001", ProfileReport.Of(fixture.Profiles.Read("transactions")!.Profile).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_holds_a_bounded_number_of_days_whatever_the_order_of_rows()
    {
        await using var fixture = new ProfileFixture(mostOpen: 4);
        int[] hours = [.. Enumerable.Range(0, 400).Select(i => i * 97 % 50 * 24)];
        await fixture.IngestAsync(1, hours);

        Assert.InRange(fixture.Profiles.OpenDays, 1, 4);
        var span = fixture.Profiles.Read("transactions")!;
        Assert.Equal((50, 400), (span.Days.Count, span.Profile.Rows));
        Assert.Equal(400, span.Profile.Find("transaction_id")!.Max.AsInteger);
        Assert.InRange(span.Profile.Find("transaction_id")!.Distinct.Estimate, 375, 425);
    }

    [Fact]
    public void The_cost_of_a_row_is_small()
    {
        var profiles = SourceProfiles.Open(Path.Combine(Path.GetTempPath(), "flyball-none"), new ContractSet([Sample.Transactions]), default);
        var rows = Enumerable.Range(1, 200_000).Select(i => new EventRow(
            Sample.Transactions,
            new RowStamp(new EventTime(i * 100_000_000L), new KnownAt(i), i),
            [Value.FromInteger(i), Value.FromTimestamp(i * 100_000_000L), Value.FromInteger(i % 500), Value.FromInteger(i % 9_000), Value.FromNumber(i % 777 / 4.0)])).ToArray();
        Array.ForEach(rows[..50_000], profiles.Apply);

        var started = Stopwatch.GetTimestamp();
        Array.ForEach(rows[50_000..], profiles.Apply);
        var each = Stopwatch.GetElapsedTime(started).TotalNanoseconds / 150_000;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each:F0} ns a row of 5 columns, {profiles.OpenDays} days open");
        Assert.Equal(200_000, profiles.Read("transactions")!.Profile.Rows);
    }

    private static string[] Digests(ProfileFixture fixture) =>
        [.. fixture.Profiles.Read("transactions")!.Days.Select(d => DateOnly.Parse(d)).Select(d => fixture.Profiles.Read("transactions", d, d.AddDays(1))!.Profile)
            .Select(p => $"{p.Rows} {CanonicalOf(p)}")];

    // Through a merge into an empty profile, which keeps the state: so equal states give equal digests.
    private static string CanonicalOf(TableProfile profile) => profile.Digest.Hex;
}
