using Flyball.Engine.Expressions;
using Flyball.Tests.Training.Tasks;
using Flyball.Training;
using Flyball.Training.Encodings;
using Flyball.Training.Splits;

namespace Flyball.Tests.Training.Encodings;

public sealed class FeatureEncoderTests
{
    private static readonly FeatureEncoder Encoder = new(
        ["a", "b", "c", "d", "e"],
        [
            new FeatureEncoding("b", "one-hot", ["red", "blue"]),
            new FeatureEncoding("c", "ordinal", ["x", "y"]),
            new FeatureEncoding("d", "target", ["p", "q"]) { Targets = [0.25, 0.75], Prior = 0.5 },
            new FeatureEncoding("e", "hash", []) { Buckets = 4 },
        ]);

    [Fact]
    public void Each_category_becomes_what_was_learned_of_it()
    {
        Assert.Equal(["a", "b=red", "b=blue", "c", "d", "e#0", "e#1", "e#2", "e#3"], Encoder.InputNames);

        var known = Of(Value.FromInteger(3), Value.FromText("blue"), Value.FromText("y"), Value.FromText("q"), Value.FromText("z"));

        Assert.Equal([3, 0, 1, 1, 0.75f], known[..5]);
        Assert.Equal(1, known[5..].Sum());
        Assert.Equal(known, Of(Value.FromNumber(3), Value.FromText("blue"), Value.FromText("y"), Value.FromText("q"), Value.FromText("z")));
    }

    [Fact]
    public void What_training_did_not_have_is_none_of_its_categories()
    {
        var unknown = Of(Value.Null, Value.FromText("green"), Value.FromText("z"), Value.FromText("z"), Value.FromText("new"));
        var missing = Of(Value.Null, Value.Null, Value.Null, Value.Null, Value.Null);

        Assert.Equal([float.NaN, 0, 0, float.NaN, 0.5f], unknown[..5]);
        Assert.Equal([float.NaN, 0, 0, float.NaN, 0.5f, 0, 0, 0, 0], missing);
        Assert.Equal((2, double.NaN), (Encoder.ProfileOf(1, Value.FromText("green")), Encoder.ProfileOf(1, Value.Null)));
        Assert.Equal((1, 3), (Encoder.ProfileOf(1, Value.FromText("blue")), Encoder.ProfileOf(0, Value.FromInteger(3))));
    }

    [Fact]
    public void A_masked_category_is_found_by_its_value_and_named_without_it()
    {
        var encoder = new FeatureEncoder(["b"], [new FeatureEncoding("b", "one-hot", [CategoryMask.Of("b", "red"), CategoryMask.Of("b", "blue")]) { Masked = true }]);
        var input = new float[2];

        encoder.Encode([Value.FromText("blue")], input);

        Assert.Equal([0, 1], input);
        Assert.Equal((1, 2), (encoder.ProfileOf(0, Value.FromText("blue")), encoder.ProfileOf(0, Value.FromText("green"))));
        Assert.DoesNotContain(encoder.InputNames, n => n.Contains("red", StringComparison.Ordinal) || n.Contains("blue", StringComparison.Ordinal));
        Assert.NotEqual(CategoryMask.Of("a", "red"), CategoryMask.Of("b", "red"));
    }

    [Theory]
    [InlineData("ordinal")]
    [InlineData("one-hot")]
    [InlineData("hash(8)")]
    [InlineData("target(10)")]
    public async Task Categories_of_a_restricted_column_are_encoded_alike_in_training_and_live(string encoding)
    {
        var contract = TaskWorld.Contract.Replace("name: plan, logicalType: string, required: true", "name: plan, logicalType: string, required: true, classification: restricted", StringComparison.Ordinal);
        await using var world = await TaskWorld.OpenAsync(
            TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\nencode: {{ plan: {encoding} }}\n{TaskWorld.Trees()}"), rows: 300, files: new Dictionary<string, string> { ["contracts/people.odcs.yaml"] = contract });
        var builder = world.Builder();

        var set = builder.Build(new StratifiedSplit(world.Model.Definition.Split.Shares!, false));

        Assert.Equal(encoding.StartsWith("hash", StringComparison.Ordinal) ? null : true, set.Encoder.Encodings[0].Masked);
        Assert.Equal(set.Test.Features, builder.Inputs(world.Model.Vector, set.Encoder, set.Test));
    }

    [Theory]
    [InlineData("ordinal")]
    [InlineData("one-hot")]
    [InlineData("hash(8)")]
    [InlineData("target(10)")]
    public async Task Frozen_rows_are_encoded_as_live_ones(string encoding)
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\nencode: {{ plan: {encoding} }}\n{TaskWorld.Trees()}"));
        var builder = world.Builder();

        var set = builder.Build(new StratifiedSplit(world.Model.Definition.Split.Shares!, false));

        Assert.Equal(set.Test.Features, builder.Inputs(world.Model.Vector, set.Encoder, set.Test));
        var (_, bundle, _) = world.Train();
        Assert.Equal(set.Encoder.InputNames, BundleScorer.EncoderOf(bundle.Manifest).InputNames);
    }

    [Fact]
    public async Task Encodings_are_learned_from_the_training_part_alone_and_no_row_sees_its_own_label()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\nencode: {{ plan: target(1) }}\n{TaskWorld.Trees()}"));
        var builder = world.Builder();
        var set = builder.Build(new StratifiedSplit(world.Model.Definition.Split.Shares!, false));
        var width = set.Encoder.Width;
        var column = set.Encoder.InputNames.Index().Single(n => n.Item == "person.plan").Index;

        var encoding = Assert.Single(set.Encoder.Encodings);
        var plans = builder.Spine.ToDictionary(s => s.Stamp.Seq, s => s.Row[world.Model.Vector.Request.Schema.IndexOf("plan")].AsText);
        foreach (var (name, place) in encoding.Categories.Select((c, i) => (c, i)))
        {
            var labels = set.Train.Seq.Index().Where(s => plans[s.Item] == name).Select(s => (double)set.Train.Labels[s.Index]).ToList();
            Assert.Equal((labels.Sum() + set.Train.Labels.Average()) / (labels.Count + 1), encoding.Targets[place], 3);
        }

        // Out of fold there are five figures a category, in the test part one.
        int Figures(Flyball.Training.Datasets.TrainingPart part, string plan) =>
            part.Seq.Index().Where(s => plans[s.Item] == plan).Select(s => part.Features[(s.Index * width) + column]).Distinct().Count();
        Assert.Equal((5, 1), (Figures(set.Train, "plus"), Figures(set.Test, "plus")));
    }

    private static float[] Of(params Value[] vector)
    {
        var input = new float[Encoder.Width];
        Encoder.Encode(vector, input);
        return input;
    }
}
