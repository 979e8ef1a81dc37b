using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Features.Online;

/// <summary>Rows are let go by the contract's retention, and no answer changes by it: it is the same, or there is none.</summary>
public sealed class TrimTests
{
    private const string View = """
        features: customer
        entity: customer_id
        source: transactions
        features:
          n_2d: count() over 2d
          sum_2d: sum(amount) over 2d
          max_1d: max(amount) over 1d
        """;

    private static readonly EventTime Start = new(1_500_000_000_000_000);

    private static readonly EventTime Now = After(30);

    [Fact]
    public void A_live_request_finds_the_same_values_and_an_old_one_finds_none()
    {
        var (kept, trimmed) = (Filled("10"), Filled("10"));
        trimmed.Trim(Now);
        var view = trimmed.Plans.EntityViews[0];
        var (answered, refused) = (0, 0);
        for (var hour = 0; hour <= 30 * 24; hour++)
        {
            var t = new EventTime(Start.Micros + (hour * 3_600_000_000L));
            for (var customer = 0; customer < 5; customer++)
            {
                var (good, values, statuses) = Read(trimmed, customer, t);
                Assert.Equal(t >= trimmed.EarliestOf(view), good);
                answered += good ? 1 : 0;
                refused += good ? 0 : 1;
                if (good)
                {
                    Assert.Equal(Read(kept, customer, t).Values, values);
                }
                else
                {
                    Assert.All(values, v => Assert.True(v.IsNull));
                    Assert.All(statuses, s => Assert.Equal(FeatureStatus.NotFound, s));
                }
            }
        }

        Assert.True(answered > 900 && refused > 900, $"{answered} {refused}");
    }

    [Fact]
    public void Rows_keys_and_memory_are_let_go_and_counted()
    {
        var online = Filled("10");
        var view = online.Plans.EntityViews[0];
        var before = online.UsageOf(view);

        online.Trim(Now);

        var after = online.UsageOf(view);
        Assert.Equal(5, before.Entities);

        // Customer 4 paid in the first five days alone.
        Assert.Equal(4, after.Entities);
        Assert.Equal(before.Rows, after.Rows + after.Trimmed);
        Assert.True(after.Rows <= 4 * ((10 * 24) + 1), $"{after.Rows} rows");
        Assert.True(after.Bytes < before.Bytes / 2, $"{after.Bytes} of {before.Bytes} bytes");
        Assert.False(online.Knows(view, Value.FromInteger(4)));
    }

    [Fact]
    public void An_entity_that_was_let_go_begins_anew_with_its_next_row()
    {
        var online = Filled("10");
        online.Trim(Now);

        online.Apply(Row(1_000_000, 4, After(29.9), 7));

        Assert.Equal([Value.FromInteger(1), Value.FromNumber(7), Value.FromNumber(7)], Read(online, 4, Now).Values);
    }

    [Fact]
    public void Never_less_is_kept_than_the_longest_window_needs()
    {
        var (kept, trimmed) = (Filled("1"), Filled("1"));

        trimmed.Trim(Now);

        Assert.Equal(3 * Clock.MicrosPerDay, OnlineFeatures.KeptMicros(trimmed.Plans.EntityViews[0]));
        foreach (var t in (EventTime[])[Now, After(29.5), After(29.1)])
        {
            Assert.Equal(Read(kept, 0, t).Values, Read(trimmed, 0, t).Values);
            Assert.True(Read(trimmed, 0, t).Good);
        }
    }

    [Fact]
    public void Without_a_stated_retention_all_is_kept()
    {
        var online = Filled(null);

        online.Trim(After(10_000));

        Assert.Equal(0, online.UsageOf(online.Plans.EntityViews[0]).Trimmed);
        Assert.True(Read(online, 4, After(3)).Good);
    }

    [Fact]
    public void A_source_that_fell_silent_keeps_its_last_events()
    {
        var online = Filled("10");
        var last = Read(online, 0, Now);

        online.Trim(After(3_000));

        Assert.Equal(last.Values, Read(online, 0, Now).Values);
    }

    [Fact]
    public void An_event_from_the_future_does_not_push_the_present_out()
    {
        var online = Filled("10");
        var last = Read(online, 0, Now);
        online.Apply(Row(1_000_000, 3, After(4_000), 1));

        online.Trim(Now);

        Assert.Equal(last.Values, Read(online, 0, Now).Values);
        Assert.True(Read(online, 0, Now).Good);
    }

    [Fact]
    public void Statuses_tell_an_expired_entity_from_an_unknown_one()
    {
        var online = Filled(null);

        Assert.Equal([FeatureStatus.Present, FeatureStatus.OutsideMaxAge, FeatureStatus.OutsideMaxAge], Read(online, 4, Now).Statuses);
        Assert.Equal([FeatureStatus.Present, FeatureStatus.NotFound, FeatureStatus.NotFound], Read(online, 99, Now).Statuses);
        Assert.All(Read(online, 0, Now).Statuses, s => Assert.Equal(FeatureStatus.Present, s));
    }

    private static EventTime After(double days) => new(Start.Micros + (long)(days * Clock.MicrosPerDay));

    private static (bool Good, Value[] Values, FeatureStatus[] Statuses) Read(OnlineFeatures online, long customer, EventTime t)
    {
        var (values, statuses) = (new Value[3], new FeatureStatus[3]);
        var good = online.Evaluate(online.Plans.EntityViews[0], Value.FromInteger(customer), t, new Horizon(long.MaxValue), values, statuses);
        return (good, values, statuses);
    }

    /// <summary>A payment an hour over thirty days by four customers, and a fifth in the first five days.</summary>
    private static OnlineFeatures Filled(string? retentionDays)
    {
        var text = Sample.TransactionsYaml.Replace(
            "[ { property: freshness, value: 1, unit: h } ]",
            retentionDays is null ? "[ ]" : $"[ {{ property: retention, value: {retentionDays}, unit: d }} ]",
            StringComparison.Ordinal);
        Assert.True(retentionDays is null || text.Contains("retention", StringComparison.Ordinal));
        var problems = new ProblemList();
        var definition = FeatureViewDefinition.Read(YamlSection.Parse("features/customer.yaml", View, problems)!)!;
        plan = Sample.Compile(text);
        var online = new OnlineFeatures(FeaturePlans.Compile([definition], new Dictionary<string, ContractPlan> { ["transactions"] = plan }, problems));
        Assert.Empty(problems);
        long id = 0;
        for (var hour = 0; hour < 30 * 24; hour++)
        {
            for (var customer = 0; customer < (hour < 5 * 24 ? 5 : 4); customer++)
            {
                id++;
                online.Apply(Row(id, customer, new EventTime(Start.Micros + (hour * 3_600_000_000L) + customer), id % 97));
            }
        }

        return online;
    }

    [ThreadStatic]
    private static ContractPlan? plan;

    private static EventRow Row(long id, long customer, EventTime at, double amount) => new(
        plan!,
        new RowStamp(at, new KnownAt(at.Micros), id),
        [Value.FromInteger(id), Value.FromTimestamp(at), Value.FromInteger(customer), Value.FromInteger(1), Value.FromNumber(amount)]);
}
