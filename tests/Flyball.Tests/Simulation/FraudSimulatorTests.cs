using Flyball.Server.Simulation;

namespace Flyball.Tests.Simulation;

public sealed class FraudSimulatorTests
{
    private static readonly FraudSimulation Small = new() { Seed = 11, Days = 60, Customers = 200, Terminals = 4_000 };

    [Fact]
    public void The_default_world_has_the_marginals_of_the_published_data()
    {
        FraudSimulator simulator = new(new FraudSimulation());
        var rows = simulator.Transactions().ToList();
        var reports = simulator.Reports().ToList();

        // The real files: 174,289 rows, 500 customers, 9,466 terminals, quartiles 20.21, 43.76, 76.46, 0.903 % fraud.
        Assert.InRange(rows.Count, 160_000, 190_000);
        Assert.InRange(rows.Select(r => r.CustomerId).Distinct().Count(), 490, 500);
        Assert.InRange(rows.Select(r => r.TerminalId).Distinct().Count(), 9_000, 10_000);
        Assert.InRange((double)reports.Count / rows.Count, 0.005, 0.015);
        var amounts = rows.Select(r => r.Amount).Order().ToArray();
        Assert.InRange(amounts[amounts.Length / 4], 17m, 24m);
        Assert.InRange(amounts[amounts.Length / 2], 39m, 49m);
        Assert.InRange(amounts[amounts.Length * 3 / 4], 70m, 83m);
        Assert.InRange(amounts[amounts.Length * 99 / 100], 155m, 190m);
        Assert.InRange(amounts[^1], 600m, 2_500m);
        Assert.True(amounts[0] >= 0);
        Assert.InRange(amounts.Count(a => a > 220) / (double)amounts.Length, 0.001, 0.004);
    }

    [Fact]
    public void Most_payments_are_made_around_noon_and_few_at_night()
    {
        var hours = new FraudSimulator(Small).Transactions()
            .CountBy(r => r.EventTime.ToDateTimeOffset().Hour).ToDictionary();
        var total = (double)hours.Values.Sum();

        // 7.3 % of the real payments fall into the hour before noon, 0.85 % into the first of the day.
        Assert.InRange(hours[11] / total, 0.065, 0.082);
        Assert.InRange(hours[0] / total, 0.005, 0.013);
    }

    [Fact]
    public void Rows_are_in_order_of_time_within_the_days_asked_for_and_numbered()
    {
        var rows = new FraudSimulator(Small with { Start = new DateOnly(2024, 2, 28) }).Transactions().ToList();

        Assert.Equal(Enumerable.Range(1, rows.Count).Select(i => (long)i), rows.Select(r => r.TransactionId));
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.True(pair.First.EventTime <= pair.Second.EventTime));
        Assert.Equal(new DateOnly(2024, 2, 28), DateOnly.FromDateTime(rows[0].EventTime.ToDateTimeOffset().UtcDateTime));
        Assert.Equal(new DateOnly(2024, 4, 27), DateOnly.FromDateTime(rows[^1].EventTime.ToDateTimeOffset().UtcDateTime));
    }

    [Fact]
    public void A_report_follows_its_payment_by_six_hours_to_seven_days()
    {
        FraudSimulator simulator = new(Small);
        var byId = simulator.Transactions().ToDictionary(r => r.TransactionId);
        var reports = simulator.Reports().ToList();

        Assert.NotEmpty(reports);
        Assert.All(reports, r => Assert.True(r.IsFraud));
        Assert.Equal(reports.Count, reports.Select(r => r.TransactionId).Distinct().Count());
        var hours = reports.Select(r => (r.EventTime.Micros - byId[r.TransactionId].EventTime.Micros) / 3.6e9).ToList();
        Assert.All(hours, h => Assert.InRange(h, 6.0, 168.0));
        Assert.True(hours.Min() < 12 && hours.Max() > 156, $"delays fill their range, and run from {hours.Min()} to {hours.Max()} h");
        Assert.All(reports.Zip(reports.Skip(1)), pair => Assert.True(pair.First.EventTime <= pair.Second.EventTime));
    }

    [Fact]
    public void Every_large_amount_is_reported_and_so_are_small_ones_at_compromised_terminals()
    {
        FraudSimulator simulator = new(Small with { Days = 120 });
        var reported = simulator.Reports().Select(r => r.TransactionId).ToHashSet();
        var rows = simulator.Transactions().ToList();

        Assert.All(rows.Where(r => r.Amount > 220), r => Assert.Contains(r.TransactionId, reported));

        // A terminal that was held shows itself: fraud of everyday amounts there comes in clusters of at most 28 days.
        var worst = rows.Where(r => r.Amount < 100 && reported.Contains(r.TransactionId))
            .GroupBy(r => r.TerminalId).MaxBy(g => g.Count())!;
        Assert.True(worst.Count() >= 4);
        Assert.True(worst.Max(r => r.EventTime.Micros) - worst.Min(r => r.EventTime.Micros) < 28 * 86_400_000_000L);
    }

    [Fact]
    public void The_same_settings_give_the_same_rows_and_another_seed_gives_others()
    {
        var rows = new FraudSimulator(Small).Transactions().ToList();

        Assert.Equal(rows, new FraudSimulator(Small).Transactions());
        Assert.NotEqual(rows, new FraudSimulator(Small with { Seed = 12 }).Transactions().ToList());
    }

    [Fact]
    public void One_world_is_pinned_to_the_row()
    {
        // Guards every machine and runtime against another stream of numbers for the same seed.
        var first = new FraudSimulator(Small).Transactions().Take(3).Select(r => $"{r.EventTime} {r.CustomerId} {r.TerminalId} {r.Amount}").ToList();

        Assert.Equal(["2018-04-01T00:04:42Z 123 2629 28.29", "2018-04-01T01:03:20Z 96 1691 109.32", "2018-04-01T01:30:49Z 19 2225 54.73"], first);
    }

    [Fact]
    public void A_longer_simulation_starts_with_the_shorter_one()
    {
        var rows = new FraudSimulator(Small).Transactions().ToList();

        Assert.Equal(rows, new FraudSimulator(Small with { Days = 75 }).Transactions().Take(rows.Count));
    }

    [Theory]
    [InlineData(FraudDriftKind.Amounts)]
    [InlineData(FraudDriftKind.Volume)]
    public void Drift_changes_nothing_before_its_day_and_something_on_it(FraudDriftKind kind)
    {
        const int Day = 40;
        var border = new FraudSimulator(Small with { Days = Day }).Transactions().Count();
        var plain = new FraudSimulator(Small).Transactions().ToList();
        var drifted = new FraudSimulator(Small with { Drift = new FraudDrift(Day, kind) }).Transactions().ToList();

        Assert.Equal(plain.Take(border), drifted.Take(border));
        Assert.NotEqual(plain.Skip(border).Take(50), drifted.Skip(border).Take(50));
    }

    [Fact]
    public void Drift_of_amounts_multiplies_them_at_a_group_of_terminals_and_makes_no_fraud()
    {
        FraudSimulator plain = new(Small);
        FraudSimulator drifted = new(Small with { Drift = new FraudDrift(30, FraudDriftKind.Amounts, Factor: 4, Share: 0.25) });
        var pairs = plain.Transactions().Zip(drifted.Transactions()).ToList();
        var changed = pairs.Where(p => p.First != p.Second).ToList();

        Assert.NotEmpty(changed);
        Assert.All(changed, p => Assert.InRange(p.Second.Amount, (4 * p.First.Amount) - 0.03m, (4 * p.First.Amount) + 0.03m));
        var group = changed.Select(p => p.First.TerminalId).ToHashSet();
        var after = pairs.SkipWhile(p => p.First != changed[0].First).ToList();
        Assert.InRange(group.Count / (double)after.Select(p => p.First.TerminalId).Distinct().Count(), 0.20, 0.30);
        Assert.All(after.Where(p => group.Contains(p.First.TerminalId) && p.First.Amount > 0.02m), p => Assert.NotEqual(p.First, p.Second));
        Assert.Equal(plain.Reports(), drifted.Reports());
    }

    [Fact]
    public void Drift_of_volume_multiplies_the_number_of_payments()
    {
        var plain = new FraudSimulator(Small).Transactions().Count();
        var drifted = new FraudSimulator(Small with { Drift = new FraudDrift(0, FraudDriftKind.Volume, Factor: 3) }).Transactions().Count();

        Assert.InRange(drifted / (double)plain, 2.9, 3.1);
    }

    [Fact]
    public void A_world_with_one_terminal_sends_everybody_there()
    {
        var rows = new FraudSimulator(new FraudSimulation { Days = 5, Customers = 20, Terminals = 1 }).Transactions().ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, r => Assert.Equal(0, r.TerminalId));
    }

    [Fact]
    public void Settings_that_cannot_be_simulated_are_all_named_at_once()
    {
        FraudSimulation wrong = new()
        {
            Days = 0, Customers = 0, Terminals = -1, Start = new DateOnly(1969, 1, 1),
            Drift = new FraudDrift(-1, FraudDriftKind.Amounts, double.NaN, 1.5),
        };

        Assert.Equal(
            ["days", "customers", "terminals", "start", "drift.day", "drift.factor", "drift.share"],
            wrong.Check().Select(p => p.Where!.Field));
        Assert.Throws<ArgumentException>(() => new FraudSimulator(wrong));
        Assert.Empty(Small.Check());
    }
}
