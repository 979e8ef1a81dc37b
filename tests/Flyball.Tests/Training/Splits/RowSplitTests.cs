using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Tests.Training.Tasks;
using Flyball.Training;
using Flyball.Training.Datasets;
using Flyball.Training.Encodings;
using Flyball.Training.Splits;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Training.Splits;

public sealed class RowSplitTests
{
    private static readonly SplitShares Shares = new(0.5, 0.2, 0.3, 3);

    [Fact]
    public void Each_class_is_divided_in_the_same_shares()
    {
        var rows = Rows(1000, i => i % 10 == 0 ? 1 : 0);

        var parts = new StratifiedSplit(Shares, hasClasses: true).Assign(rows);

        foreach (var (label, total) in new[] { (1.0, 100), (0.0, 900) })
        {
            int Of(SplitPart part) => rows.Index().Count(r => r.Item.Label == label && parts[r.Index] == part);
            Assert.Equal((total / 2, total / 5, total * 3 / 10), (Of(SplitPart.Train), Of(SplitPart.Validation), Of(SplitPart.Test)));
        }
    }

    [Fact]
    public void A_row_keeps_its_part_in_whatever_order_rows_came()
    {
        var rows = Rows(300, i => i % 3);
        var turned = Enumerable.Reverse(rows).Select((r, i) => r with { Seq = i }).ToList();
        foreach (var split in new IRowSplit[] { new StratifiedSplit(Shares, true), new EntitySplit(Shares) })
        {
            Assert.Equal(split.Assign(rows), Enumerable.Reverse(split.Assign(turned)));
        }

        Assert.NotEqual(new StratifiedSplit(Shares, true).Assign(rows), new StratifiedSplit(Shares with { Seed = 4 }, true).Assign(rows));
    }

    [Fact]
    public async Task Rows_of_one_entity_stay_together()
    {
        var model = TaskWorld.ModelFile("regression", "value: total", $"split: {{ by: entity, column: household, train: 60%, validation: 20%, test: 20% }}\n{TaskWorld.Trees()}");
        await using var world = await TaskWorld.OpenAsync(model);

        var set = world.Builder().Build(new EntitySplit(world.Model.Definition.Split.Shares!));

        Assert.Empty(SplitAudit.Judge(world.Model, set));
        Assert.Empty(set.Train.Groups.Intersect(set.Test.Groups));
        Assert.Empty(set.Validation.Groups.Intersect(set.Test.Groups));
        // Three rows a household: by rows alone, households would be torn.
        var torn = world.Builder().Build(new InTurn());
        Assert.Contains(SplitAudit.Judge(world.Model, torn), p => p.Code == "FLY3240");
    }

    [Fact]
    public void Parts_that_share_a_row_or_touch_in_time_are_found()
    {
        var set = new TrainingSet(Part("train", 1, 2), Part("validation", 5), Part("test", 9), new FeatureEncoder([], []));
        var split = new SplitDefinition(1, 1, 1, 2);

        Assert.Empty(SplitAudit.Touching(set, split));
        Assert.Single(SplitAudit.Touching(set with { Test = Part("test", 5, 9) }, split), p => p.Message.Contains("two parts", StringComparison.Ordinal));
        Assert.Single(SplitAudit.Touching(set, split with { EmbargoMicros = 4 }));
    }

    [Fact]
    public void Places_in_the_log_are_read_as_they_were_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), steps =>
        {
            var (at, rows) = (0L, new List<long>());
            foreach (var step in steps)
            {
                rows.Add(at += step.Get * (step.Get % 5 == 0 ? 1_000_000_007L : 1));
            }

            return SplitMembers.Unpack(SplitMembers.Pack(rows)).SequenceEqual(rows);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Left_out_negatives_are_made_good_in_the_score()
    {
        string Model(string more) => TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $"{TaskWorld.Stratified}\n{more}\n{TaskWorld.Trees(", learning_rate: 0.3")}");
        await using var world = await TaskWorld.OpenAsync(Model("sample: { negatives: 20%, seed: 1 }"));

        var (result, bundle, frozen) = world.Train();

        var manifest = BundleScorer.ManifestOf(bundle);
        Assert.InRange(manifest.OddsFactor!.Value, 4, 6.5);
        Assert.Equal(manifest.OddsFactor, result.Split!.OddsFactor);
        // The mean of good probabilities is the share of positives, whatever share the training part had.
        Assert.InRange(frozen.Candidate.Average()!.Value, frozen.Labels.Average() - 0.08, frozen.Labels.Average() + 0.08);
    }

    [Fact]
    public void Balanced_weights_make_classes_count_alike()
    {
        var weights = (SamplingDefinition.None with { Balanced = true }).Weigh([0, 0, 0, 1], [])!;

        Assert.Equal(weights[3], weights[0] + weights[1] + weights[2], 5);
        Assert.Equal([1f, 7f], (SamplingDefinition.None with { ByClass = new Dictionary<string, double> { ["b"] = 7 } }).Weigh([0, 1], ["a", "b"])!);
        Assert.Null(SamplingDefinition.None.Weigh([0, 1], []));
    }

    private sealed class InTurn : IRowSplit
    {
        public SplitPart[] Assign(IReadOnlyList<SplitRow> rows) => [.. rows.Select((_, i) => (SplitPart)(1 + (i % 3)))];

        public TimeRange? RangeOf(SplitPart part) => null;
    }

    private static List<SplitRow> Rows(int count, Func<int, double> label) =>
        [.. Enumerable.Range(0, count).Select(i => new SplitRow(i, new EventTime(i), label(i), Value.FromText($"key {i}")))];

    private static TrainingPart Part(string name, params long[] seq) =>
        new(name, null, seq, [.. seq.Select(s => new EventTime(s))], [], new float[seq.Length], null);
}
