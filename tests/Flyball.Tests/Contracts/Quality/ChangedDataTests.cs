using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts.Quality;

public class ChangedDataTests
{
    private static readonly SharedSources Shared = new(SharedFiles.Find);

    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    [InlineData(6_000)]
    public void The_first_taxi_batch_of_another_year_is_found(int size)
    {
        var (old, recent) = Shared.TaxiYears();

        var verdict = old.Judge(old.Freeze(old.Rows), recent.Rows.Take(size));

        Assert.NotEmpty(verdict.Findings);
        Assert.Contains(verdict.Findings, f => f.Field is not null);
    }

    [Fact]
    public void The_second_year_of_bike_rentals_is_found_by_its_year()
    {
        var bike = Shared.Read("bike");
        var second = SampleSource.Micros("2012-01-01");
        var reference = bike.Freeze(bike.Rows.Where(r => r[0].AsTimestamp.Micros < second));

        var verdict = bike.Judge(reference, bike.Rows.Where(r => r[0].AsTimestamp.Micros >= second));

        // The rentals of a season differ from the rest of 2011 by more than 2012 differs from 2011: that alone is no finding.
        // Hours with more of them than any hour of 2011 are one, and the running number of the row is none.
        Assert.Equal(["new categories(yr)", "out of range(casual)", "out of range(cnt)", "out of range(registered)"], verdict.Findings.Select(f => f.Rule).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("fraud", "amount", 300)]
    [InlineData("bike", "windspeed", 300)]
    [InlineData("electricity", "nswprice", 300)]
    [InlineData("taxi2016", "trip_duration", 1_000)]
    public void Nulls_that_go_from_five_to_thirty_percent_are_found_in_the_first_batch(string name, string column, int size)
    {
        var source = Shared.Read(name);
        var index = source.Plan.Schema.IndexOf(column);
        var reference = source.Freeze(source.Rows.Select((r, i) => WithNull(r, index, i % 20 == 0)));

        var usual = source.Judge(reference, source.Rows.Take(size).Select((r, i) => WithNull(r, index, i % 20 == 7)));
        var spike = source.Judge(reference, source.Rows.Take(size).Select((r, i) => WithNull(r, index, i % 10 < 3)));

        Assert.DoesNotContain(usual.Findings, f => f.Rule == $"nulls({column})");
        Assert.Contains(spike.Findings, f => f.Rule == $"nulls({column})");
    }

    [Theory]
    [InlineData("fraud", 5_000)]
    [InlineData("fraud", 1_000)]
    [InlineData("bike", 1_000)]
    [InlineData("taxi2016", 10_000)]
    public void Three_times_the_volume_is_found_in_the_first_batch(string name, int size)
    {
        var source = Shared.Read(name);
        var reference = source.Freeze(source.Rows);

        var usual = source.Judge(reference, source.Rows.Take(size));
        var tripled = source.Judge(reference, source.Rows.Take(size).SelectMany(r => new[] { r, r, r }));

        Assert.DoesNotContain(usual.Findings, f => f.Rule == "volume");
        Assert.Contains(tripled.Findings, f => f.Rule == "volume");
    }

    [Fact]
    public void A_new_category_that_spreads_is_found()
    {
        var churn = Shared.Read("churn");
        var index = churn.Plan.Schema.IndexOf("PaymentMethod");
        var reference = churn.Freeze(churn.Rows);

        var verdict = churn.Judge(reference, churn.Rows.Take(500).Select((r, i) => i % 10 == 0 ? With(r, index, Value.FromText("Voucher")) : r));

        var finding = Assert.Single(verdict.Findings, f => f.Rule == "new categories(PaymentMethod)");
        Assert.DoesNotContain("Voucher", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_sent_twice_in_one_batch_are_found()
    {
        var churn = Shared.Read("churn");

        var verdict = churn.Judge(churn.Freeze(churn.Rows), churn.Rows.Take(1_000).Concat(churn.Rows.Take(200)));

        Assert.Contains(verdict.Findings, f => f.Rule == "duplicates");
    }

    [Fact]
    public void Fewer_than_a_hundred_rows_are_not_compared()
    {
        var (old, recent) = Shared.TaxiYears();

        Assert.Empty(old.Judge(old.Freeze(old.Rows), recent.Rows.Take(99)).Findings);
    }

    private static Value[] WithNull(Value[] row, int index, bool isNull) => isNull ? With(row, index, Value.Null) : row;

    private static Value[] With(Value[] row, int index, Value value)
    {
        var changed = (Value[])row.Clone();
        changed[index] = value;
        return changed;
    }
}
