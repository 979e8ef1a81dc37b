using System.Text.Json;
using Flyball.Tests.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Trainers;

public sealed class HyperSearchTests
{
    [Fact]
    public async Task A_search_finds_what_is_no_worse_and_finds_it_again()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile(
            "regression", "value: total", $"{TaskWorld.Stratified}\ntrainer: {{ kind: xgboost, rounds: 20, max_depth: 1, learning_rate: 0.02, seed: 3, search: {{ trials: 8, max_depth: [1, 6], learning_rate: [0.02, 0.5, log] }} }}"));

        var (result, bundle, _) = world.Train();

        var trials = JsonSerializer.Deserialize<List<SearchTrial>>(bundle[HyperSearch.MemberName].Span, Flyball.Training.TrainingJson.Options)!;
        Assert.Equal(Enumerable.Range(0, 8), trials.Select(t => t.Trial));
        // The first attempt is the file's own, and it is a poor one.
        Assert.Equal((1, 0.02), (trials[0].Parameters["max_depth"], trials[0].Parameters["learning_rate"]));
        Assert.True(trials.Min(t => t.Score) < 0.5 * trials[0].Score);
        Assert.All(trials, t => Assert.True(t.Parameters["max_depth"] is 1 or 2 or 3 or 4 or 5 or 6 && t.Parameters["learning_rate"] is >= 0.02 and <= 0.5));
        Assert.Equal(8, trials.Select(t => t.Parameters["learning_rate"]).Distinct().Count());
        Assert.True(result.Metrics["r2"] > 0.5);
        Assert.Equal(bundle.Digest, world.Train().Bundle.Digest);
    }

    [Fact]
    public void Ranges_are_drawn_whole_even_or_by_logarithm()
    {
        var places = Enumerable.Range(0, 1000).Select(i => i / 1000.0).ToList();
        var depths = places.Select(new SearchRange(2, 5, false, true).At).CountBy(d => d).ToDictionary(d => d.Key, d => d.Value);
        Assert.Equal([2.0, 3, 4, 5], depths.Keys.Order());
        Assert.All(depths.Values, c => Assert.InRange(c, 249, 251));
        Assert.Equal(0.1, new SearchRange(0.01, 1, true, false).At(0.5), 9);
        Assert.Equal(0.505, new SearchRange(0.01, 1, false, false).At(0.5), 9);
    }
}
