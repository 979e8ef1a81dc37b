using Flyball.Engine.Problems;
using Flyball.Tests.Training.Tasks;

namespace Flyball.Tests.Training.Leakage;

/// <summary>In the rows of this world part and rest add up to the label.</summary>
public sealed class LeakageCheckTests
{
    [Theory]
    [InlineData("p: part", "adds up with rest to the label")]
    [InlineData("p: part * 2 + 1", "adds up with rest to the label")]
    [InlineData("p: part + rest", "")]
    public async Task A_feature_that_knows_the_label_is_refused_before_training(string feature, string reason)
    {
        await using var world = await OpenAsync(feature);

        var refused = Assert.Throws<FlyballException>(() => world.Train()).Problem;

        Assert.Equal("FLY3236", refused.Code);
        Assert.Contains("person.p", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_tells_the_label_alone_is_refused()
    {
        // The total nearly without error, in another unit: no column adds up to it.
        await using var world = await OpenAsync("p: ln(part + rest + 10)");

        Assert.Equal("FLY3236", Assert.Throws<FlyballException>(() => world.Train()).Problem.Code);
    }

    [Fact]
    public async Task A_class_that_a_feature_tells_is_refused()
    {
        await using var world = await TaskWorld.OpenAsync(
            TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), view: $"{TaskWorld.View}\n  p: kind");
        Assert.Empty(world.Train().Result.Leakage!);

        await using var told = await TaskWorld.OpenAsync(
            TaskWorld.ModelFile("multiclass-classification", "value: kind", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), view: $"{TaskWorld.View}\n  p: left");
        Assert.Empty(told.Train().Result.Leakage!);
    }

    [Fact]
    public async Task An_honest_set_is_not_suspected()
    {
        await using var world = await OpenAsync("p: n + 1");

        Assert.Empty(world.Train().Result.Leakage!);
    }

    [Fact]
    public async Task What_the_file_allows_with_a_reason_is_kept_with_the_run()
    {
        await using var world = await OpenAsync("p: part", "leakage: { allow: [p], reason: Known the day before }\n");

        var finding = Assert.Single(world.Train().Result.Leakage!);

        Assert.Equal(("person.p", "identity", true), (finding.Feature, finding.Kind, finding.Allowed));
    }

    private static Task<TaskWorld> OpenAsync(string feature, string more = "") => TaskWorld.OpenAsync(
        TaskWorld.ModelFile("regression", "value: total", $"{more}{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), view: $"{TaskWorld.View}\n  {feature}");
}
