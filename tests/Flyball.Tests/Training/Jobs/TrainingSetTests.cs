using Flyball.Engine.Time;
using Flyball.Tests.Workspaces;
using Flyball.Training.Datasets;

namespace Flyball.Tests.Training.Jobs;

/// <summary>Train [5, 26), validation [33, 34), test [41, 53) in days, as of day 60 with a label window and an embargo of 7 days.</summary>
public sealed class TrainingSetTests : IAsyncLifetime
{
    private const long AsOf = 60;

    private readonly ProjectWorkspace world = new(new FraudProject()
        .Replace("models/fraud.yaml", "train: 70d, validation: 7d, test: 10d", "train: 21d, validation: 1d, test: 12d"));

    private readonly Dictionary<long, EventTime> payments = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7 * Clock.MicrosPerDay, 1)]
    [InlineData((7 * Clock.MicrosPerDay) + 1, 0)]
    [InlineData(10 * Clock.MicrosPerDay, 0)]
    [InlineData(-1, 0)]
    public async Task A_report_counts_from_the_payment_to_the_end_of_the_window(long delay, int label)
    {
        await PayAsync((1, Day(42)), (2, Day(43)));
        await ReportAsync((1, new EventTime(Day(42).Micros + delay), 1));

        Assert.Equal([label, 0], Build().Test.Labels);
    }

    [Fact]
    public async Task A_payment_nobody_reports_is_honest()
    {
        await PayAsync((1, Day(42)));

        Assert.Equal([0f], Build().Test.Labels);
    }

    [Fact]
    public async Task Without_a_value_for_absence_unreported_payments_are_left_out()
    {
        using var project = new FraudProject().Replace("models/fraud.yaml", ", absent: 0", "");
        await PayAsync((1, Day(42)), (2, Day(43)));
        await ReportAsync((2, Day(44), 0));

        var test = Build(ProjectWorkspace.Load(project)).Test;

        Assert.Equal([0f], test.Labels);
        Assert.Equal(Day(43), test.Requests![0][1].AsTimestamp);
    }

    [Fact]
    public async Task A_report_after_the_horizon_is_not_seen()
    {
        await PayAsync((1, Day(42)));
        var horizon = world.Events.Applied;
        await ReportAsync((1, Day(43), 1));

        Assert.Equal([0f], Build(horizon: horizon).Test.Labels);
        Assert.Equal([1f], Build().Test.Labels);
    }

    [Fact]
    public async Task Rows_between_the_parts_and_rows_with_open_labels_are_in_no_part()
    {
        double[] days = [4.9, 5.1, 25.9, 26.1, 32.9, 33.1, 33.9, 34.1, 40.9, 41.1, 52.9, 53, 53.1, 59.9];
        await PayAsync([.. days.Select((d, i) => ((long)i, Day(d)))]);

        var set = Build();

        Assert.Equal([5.1, 25.9], DaysOf(set.Train));
        Assert.Equal([33.1, 33.9], DaysOf(set.Validation));
        // The label of the payment at 53 became final at the very instant of judging.
        Assert.Equal([41.1, 52.9, 53], DaysOf(set.Test));
    }

    [Fact]
    public async Task A_row_sees_what_happened_before_it_and_not_itself()
    {
        await PayAsync((1, Day(41.5)), (2, Day(42)), (3, Day(42)), (4, Day(42.2)));
        var column = world.Model.Vector.Columns.Select((c, i) => (c, i)).Single(c => c.c.Name == "customer_activity.count_1d").i;
        var width = world.Model.Vector.Columns.Count;

        var test = Build().Test;

        Assert.Equal([0, 1, 1, 3], Enumerable.Range(0, 4).Select(r => test.Features[(r * width) + column]));
    }

    private static EventTime Day(double day) => TrainingJobFixture.Day(day);

    private async Task PayAsync(params (long Id, EventTime At)[] rows)
    {
        foreach (var (id, at) in rows)
        {
            payments[id] = at;
        }

        await world.IngestAsync("transactions", rows.Select(r => ProjectWorkspace.Payment(r.Id, r.At, 1, 1, 10)));
    }

    private Task ReportAsync(params (long Id, EventTime At, int IsFraud)[] rows) =>
        world.IngestAsync("fraud_reports", rows.Select(r => ProjectWorkspace.Report(r.Id, r.At, r.IsFraud)));

    private TrainingSet Build(Flyball.Training.ProjectPlan? plan = null, Horizon? horizon = null)
    {
        var project = plan ?? world.Plan;
        var upTo = horizon ?? world.Events.Applied;
        var builder = new TrainingSetBuilder(project, project.Models["fraud"], world.LakeFolder, world.Tables(upTo), upTo);
        builder.Load();
        return builder.Build(world.Model.Definition.Split.ToTimeSplit(world.Model.Definition.Label).Plan(new KnownAt(Day(AsOf).Micros)));
    }

    private List<double> DaysOf(TrainingPart part) =>
        [.. part.Seq.Select(s => Math.Round((payments.Values.ElementAt((int)s - 1).Micros - Day(0).Micros) / (double)Clock.MicrosPerDay, 3))];
}
