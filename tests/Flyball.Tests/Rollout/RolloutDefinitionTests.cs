using System.Text.Json;
using Flyball.Projects;
using Flyball.Rollout;
using Flyball.Tests.Registry;

namespace Flyball.Tests.Rollout;

public class RolloutDefinitionTests
{
    [Fact]
    public void A_section_is_read_with_defaults_for_what_it_leaves_out()
    {
        var definition = Read("""
            serve: { timeout: 20ms }
            rollout:
              strategy: canary
              shadow: { for: 1h }
              steps: [ 2.5%, 40%, 100% ]
              guardrails: [ errors, latency_p99 ]
              min_samples: 50
              max_duration: 2d
            """, out var problems);
        Assert.Empty(problems);
        Assert.Equal([0.025m, 0.4m, 1m], definition.Steps);
        Assert.Equal(["errors", "latency_p99"], definition.Guardrails);
        Assert.Equal((50, 2 * 86_400_000_000, 20_000), (definition.MinSamples, definition.MaxDurationMicros, definition.LatencyBudgetMicros));
        Assert.Contains(0.87, definition.ScorePoints);
        Assert.Contains(0.5, definition.ScorePoints);
    }

    [Fact]
    public void A_model_without_the_section_has_the_defaults()
    {
        Assert.Equal([0.05m, 0.2m, 0.5m, 1m], Read("", out var problems).Steps);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("strategy: rainbow", "FLY1194")]
    [InlineData("guardrails: [ errors, kpi(approved_amount) ]", "FLY1195")]
    [InlineData("min_samples: 0", "FLY1196")]
    [InlineData("score_tolerance: 2", "FLY1197")]
    [InlineData("max_duration: 0d", "FLY1198")]
    [InlineData("steps: [ 20%, 5% ]", "FLY1199")]
    [InlineData("steps: [ 0.2 ]", "FLY1199")]
    [InlineData("steps: [ 120% ]", "FLY1199")]
    [InlineData("stepz: [ 20% ]", "FLY1103")]
    public void Each_mistake_is_named(string line, string code)
    {
        Read($"rollout:\n  {line}\n", out var problems);
        Assert.Contains(code, problems.Select(p => p.Code));
    }

    [Fact]
    public void It_comes_back_from_its_json_as_it_was()
    {
        var definition = RolloutDefinition.Default with { Steps = [0.1m, 0.35m], MinSamples = 7 };
        var back = JsonSerializer.Deserialize<RolloutDefinition>(JsonSerializer.Serialize(definition))!;
        Assert.Equal(definition.Steps, back.Steps);
        Assert.Equal((definition.MinSamples, definition.Strategy), (back.MinSamples, back.Strategy));
        Assert.Equal(definition.ScorePoints, back.ScorePoints);
    }

    private static RolloutDefinition Read(string yaml, out IReadOnlyList<Engine.Problems.Problem> problems)
    {
        var model = RegistryFixture.Plan([], more: yaml);
        var found = new ProblemList();
        var definition = RolloutDefinition.Read(model, found);
        problems = [.. found, .. model.Definition.Root.Problems];
        return definition;
    }
}
