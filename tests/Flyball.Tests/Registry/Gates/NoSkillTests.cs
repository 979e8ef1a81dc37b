using Flyball.Registry;

namespace Flyball.Tests.Registry.Gates;

/// <summary>A bound that knows nothing is no bound.</summary>
public class NoSkillTests
{
    [Theory]
    [InlineData("roc_auc >= 0")]
    [InlineData("roc_auc >= 0.5")]
    [InlineData("slice(amount > 3): roc_auc >= 0.8")]
    [InlineData("slice(amount > 3): roc_auc >= 0")]
    [InlineData("roc_auc >= champion - 1")]
    [InlineData("log_loss <= 1e300")]
    [InlineData("log_loss <= 0.7")]
    [InlineData("recall >= 0")]
    [InlineData("brier_score <= 0.25")]
    [InlineData("expected_calibration_error <= 1")]
    [InlineData("cost(1, 10) <= 1e9")]
    public async Task A_bound_that_a_model_without_skill_meets_does_not_count(string gate)
    {
        await using var fixture = new RegistryFixture();
        var version = (await fixture.Registry.RegisterBundleAsync(RegistryFixture.Plan([gate]), RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default)).Version!;
        Assert.Equal(VersionStates.Refused, version.State);
        Assert.False(version.Gates.Single(g => g.Gate == "absolute_gate").Ok);
    }

    [Theory]
    [InlineData("roc_auc >= 0.55")]
    [InlineData("lower(roc_auc) >= 0.51")]
    [InlineData("average_precision >= 0.05")]
    [InlineData("log_loss <= 0.6")]
    [InlineData("recall >= 0.1")]
    [InlineData("brier_score <= 0.2")]
    [InlineData("cost(1, 10) <= 0.5")]
    public async Task A_bound_beyond_that_does(string gate)
    {
        await using var fixture = new RegistryFixture();
        var version = (await fixture.Registry.RegisterBundleAsync(RegistryFixture.Plan([gate]), RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default)).Version!;
        Assert.True(version.Gates.Single(g => g.Gate == "absolute_gate").Ok, version.Gates.Single(g => g.Gate == "absolute_gate").Detail);
    }

    [Fact]
    public void The_check_of_a_project_names_bounds_that_anything_passes()
    {
        var told = ModelGates.Empty(RegistryFixture.Plan(["roc_auc >= 0", "roc_auc >= 0.7", "slice(amount > 3): log_loss <= 1e300", "roc_auc >= champion - 0.01", "latency_p99 <= 5ms", "cost(1, 10) <= 1e9"])).ToList();
        Assert.Equal(["FLY3359", "FLY3359"], told.Select(p => p.Code));
        Assert.Contains("roc_auc >= 0", told[0].Message, StringComparison.Ordinal);
        Assert.Contains("log_loss <= 1e300", told[1].Message, StringComparison.Ordinal);
    }
}
