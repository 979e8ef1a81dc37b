using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Training.Splits;

using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Training.Splits;

public sealed class TimeSplitTests
{
    private static readonly TimeSplit Fraud = new(Days(70), Days(14), Days(14), Days(7), Days(7));

    private static readonly Arbitrary<(TimeSplit Split, KnownAt AsOf)> Any = Arb.From(
        from train in Gen.Choose(1, 1000)
        from validation in Gen.Choose(1, 500)
        from test in Gen.Choose(1, 500)
        from window in Gen.Choose(0, 50)
        from more in Gen.Choose(0, 50)
        from asOf in Gen.Choose(-10_000, 10_000)
        select (new TimeSplit(Micros(train), Micros(validation), Micros(test), Micros(window + more), Micros(window)), new KnownAt(asOf)));

    [Fact]
    public void Parts_are_worked_out_backwards_from_the_last_final_label()
    {
        var asOf = KnownAt.From(new DateTimeOffset(2026, 6, 30, 0, 0, 0, TimeSpan.Zero));
        var plan = Fraud.Plan(asOf);

        Assert.Equal("[2026-06-09T00:00:00.000001Z, 2026-06-23T00:00:00.000001Z)", plan.Test.ToString());
        Assert.Equal("[2026-05-19T00:00:00.000001Z, 2026-06-02T00:00:00.000001Z)", plan.Validation.ToString());
        Assert.Equal("[2026-03-03T00:00:00.000001Z, 2026-05-12T00:00:00.000001Z)", plan.Train.ToString());
    }

    [Fact]
    public void The_last_instant_with_a_final_label_is_in_and_the_next_is_out() => Check(Any, x =>
    {
        var plan = x.Split.Plan(x.AsOf);
        var last = x.AsOf.Micros - InMicros(x.Split.LabelWindow);
        return plan.PartOf(new(last)) == SplitPart.Test && plan.PartOf(new(last + 1)) == SplitPart.None;
    });

    [Fact]
    public void No_instant_is_in_two_parts_and_every_part_has_its_length() => Check(Any, x =>
    {
        var plan = x.Split.Plan(x.AsOf);
        var counts = new long[4];
        for (var t = plan.Train.From.Micros - 10; t < plan.Test.Until.Micros + 10; t++)
        {
            var at = new EventTime(t);
            var parts = (plan.Train.Contains(at) ? 1 : 0) + (plan.Validation.Contains(at) ? 1 : 0) + (plan.Test.Contains(at) ? 1 : 0);
            if (parts > 1 || (parts == 1) != (plan.PartOf(at) != SplitPart.None))
            {
                return false;
            }

            counts[(int)plan.PartOf(at)]++;
        }

        return counts[1] == InMicros(x.Split.Train) && counts[2] == InMicros(x.Split.Validation) && counts[3] == InMicros(x.Split.Test);
    });

    [Fact]
    public void The_label_of_the_last_row_of_a_part_is_final_before_the_next_part_begins() => Check(Any, x =>
    {
        var plan = x.Split.Plan(x.AsOf);
        var window = InMicros(x.Split.LabelWindow);
        return plan.Train.Until.Micros - 1 + window < plan.Validation.From.Micros
            && plan.Validation.Until.Micros - 1 + window < plan.Test.From.Micros
            && plan.Validation.From.Micros - plan.Train.Until.Micros == InMicros(x.Split.Embargo);
    });

    [Fact]
    public void An_embargo_below_the_label_window_is_refused()
    {
        var split = Fraud with { Embargo = Days(7) - Micros(1) };
        Assert.Equal(("FLY1140", "split.embargo"), (split.Validate()[0].Code, split.Validate()[0].Where?.Field));
        Assert.Equal("FLY1140", Assert.Throws<FlyballException>(() => split.Plan(new(0))).Problem.Code);
        Assert.Empty(Fraud.Validate());
    }

    public static TheoryData<string, TimeSplit> WrongLengths() => new()
    {
        { "split.train", Fraud with { Train = TimeSpan.Zero } },
        { "split.validation", Fraud with { Validation = -Days(1) } },
        { "split.test", Fraud with { Test = TimeSpan.Zero } },
        { "split.embargo", Fraud with { Embargo = Days(40_000) } },
        { "label.window", Fraud with { LabelWindow = -Days(1) } },
        { "split.train", Fraud with { Train = new TimeSpan(11) } },
    };

    [Theory]
    [MemberData(nameof(WrongLengths))]
    public void A_length_that_makes_no_sense_is_refused_by_name(string field, TimeSplit split)
    {
        var problem = Assert.Single(split.Validate());
        Assert.Equal(("FLY1141", field), (problem.Code, problem.Where?.Field));
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(3, new TimeSplit(TimeSpan.Zero, TimeSpan.Zero, Days(1), Days(1), Days(2)).Validate().Count);

    [Fact]
    public void Rows_and_positives_are_counted_by_part()
    {
        var plan = new TimeSplit(Micros(10), Micros(5), Micros(5), Micros(2), Micros(1)).Plan(new(100));
        var times = Enumerable.Range(0, 110).Select(t => new EventTime(t)).ToArray();
        var labels = times.Select(t => t.Micros % 2 == 0 ? 1f : 0f).ToArray();

        Assert.Equal(new SplitCounts(new(10, 5), new(5, 3), new(5, 2), 90), plan.Count(times, labels));
    }

    [Theory]
    [InlineData(100, 10, 0)]
    [InlineData(101, 10, 1)]
    [InlineData(100, 11, 1)]
    public void A_part_with_too_few_rows_or_positives_is_refused_with_the_figures(long rows, long positives, int problems)
    {
        var plan = Fraud.Plan(new(0));
        var judged = plan.Judge(new(new(5000, 500), new(100, 10), new(1000, 100), 0), new(rows, positives));

        Assert.Equal(problems, judged.Count);
        Assert.All(judged, p => Assert.Equal(("FLY1142", "split.validation"), (p.Code, p.Where?.Field)));
        Assert.All(judged, p => Assert.Contains("100 rows, 10 of them positive", p.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_part_of_positives_only_is_refused() =>
        Assert.Single(Fraud.Plan(new(0)).Judge(new(new(100, 50), new(100, 50), new(100, 100), 0), new(10, 1)));

    private static void Check<T>(Arbitrary<T> arbitrary, Func<T, bool> property) => Prop.ForAll(arbitrary, property).QuickCheckThrowOnFailure();

    private static TimeSpan Days(int days) => TimeSpan.FromDays(days);

    private static TimeSpan Micros(long micros) => TimeSpan.FromMicroseconds(micros);

    private static long InMicros(TimeSpan length) => length.Ticks / TimeSpan.TicksPerMicrosecond;
}
