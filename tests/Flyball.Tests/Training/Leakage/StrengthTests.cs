using System.Globalization;
using System.Text;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Tests.Training.Tasks;
using Flyball.Training.Leakage;
using Flyball.Training.Tasks;

namespace Flyball.Tests.Training.Leakage;

/// <summary>Features that determine the label are told from honest ones that are strong.</summary>
public sealed class StrengthTests
{
    private static readonly ModelTask Regression = ModelTasks.Named("regression")!;
    private static readonly ModelTask Binary = ModelTasks.Named("binary-classification")!;

    [Theory]
    [InlineData("gross")]
    [InlineData("log")]
    [InlineData("falling")]
    [InlineData("rounded")]
    [InlineData("sometimes")]
    public void A_monotone_function_of_a_label_with_a_long_tail_tells_its_order(string kind)
    {
        var random = new Random(3);
        float[] net = [.. Enumerable.Range(0, 3000).Select(_ => MathF.Round((float)Math.Exp(4 + (2 * Normal(random))), 2))];
        float[] values = [.. net.Select((n, i) => kind switch
        {
            "gross" => 1.19f * n,
            "log" => MathF.Log(n),
            "falling" => 1 / n,
            "rounded" => MathF.Round(1.19f * n),
            _ => i % 3 == 0 ? float.NaN : 1.19f * n,
        })];

        Assert.InRange(RankStrength.Of(values, net), 0.999, 1);
        if (kind == "gross")
        {
            // Means of bins do not see it: the last bin holds most of the variance.
            Assert.InRange(FeatureStrength.Of(Regression, 0, values, net), 0, 0.98);
        }
    }

    [Fact]
    public async Task A_column_with_the_label_in_another_unit_is_refused_before_training()
    {
        await using var world = await TaskWorld.OpenAsync(
            TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), rows: 0, view: $"{TaskWorld.View}\n  gross: rest");
        var random = new Random(5);
        using var batch = world.Events.NewBatch("people")!;
        for (var i = 0; i < 900; i++)
        {
            var net = (int)Math.Round(100 * Math.Exp(4 + (2 * Normal(random))));
            batch.AddJson(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"id":"p{{i}}","household":{{i}},"x":0.5,"n":{{random.Next(9)}},"plan":"pro","part":{{random.Next(9)}},"rest":{{(int)Math.Round(1.19 * net)}},"left":"No","kind":"red","total":{{net}}}""")));
        }

        Assert.Equal(900, (await world.Events.IngestAsync(batch, new IngestTerms(Caller.Local(), KnownAtPolicy.Assigned), default)).Report?.Accepted);

        var refused = Assert.Throws<FlyballException>(() => world.Train()).Problem;

        Assert.Equal("FLY3236", refused.Code);
        Assert.Contains("person.gross", refused.Message, StringComparison.Ordinal);
        Assert.Contains("R2 of the ranks", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_that_narrow_or_many_ranges_determine_are_told()
    {
        var random = new Random(9);
        float[] values = [.. Enumerable.Range(0, 4000).Select(_ => (float)random.NextDouble())];

        Assert.InRange(NearestStrength.Of(values, [.. values.Select(v => v is > 0.5f and < 0.51f ? 1f : 0f)]), 0.9, 1);
        Assert.InRange(NearestStrength.Of(values, [.. values.Select(v => MathF.Floor(v * 7) % 3)]), 0.99, 1);
        Assert.InRange(NearestStrength.Of([.. values.Select(v => v < 0.3f ? float.NaN : v)], [.. values.Select(v => v < 0.3f ? 1f : 0f)]), 0.99, 1);
        // Drawn without looking at the values.
        Assert.InRange(NearestStrength.Of(values, [.. values.Select(_ => random.NextDouble() < 0.02 ? 1f : 0f)]), 0, 0.5);
    }

    [Fact]
    public void Honest_features_are_not_suspected_however_strong()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, share) = (200 + (seed * 9), seed % 4 == 0 ? 0.05 : 0.4);
            // Two normal distributions 1.81 apart: an area under the ROC curve of 0.9.
            float[] classes = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() < share ? 1f : 0f)];
            float[] told = [.. classes.Select(c => (float)((1.81 * c) + Normal(random)))];
            float[] amounts = [.. Enumerable.Range(0, rows).Select(_ => (float)Math.Exp(2 * Normal(random)))];
            float[] near = [.. amounts.Select(a => (float)(a * Math.Exp(0.4 * Normal(random))))];

            Assert.InRange(FeatureStrength.Of(Binary, 0, told, classes), 0, LeakageCheck.MostArea);
            Assert.InRange(NearestStrength.Of(told, classes), 0, 0.8);
            Assert.InRange(RankStrength.Of(near, amounts), 0.8, 0.98);
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
