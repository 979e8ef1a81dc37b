using Flyball.Registry;
using Flyball.Training;

namespace Flyball.Tests.Registry;

/// <summary>Serving must compute what training did, or nothing is promoted.</summary>
public sealed class ParityGateTests : IAsyncDisposable
{
    private readonly RegistryFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_proof_without_a_mismatch_passes()
    {
        var version = (await RegisterAsync(new FeatureProof(500, 5000, 0, [], 1))).Version!;

        Assert.Equal(VersionStates.Registered, version.State);
        Assert.True(Gate(version, "feature_parity").Ok);
    }

    [Fact]
    public async Task A_single_mismatch_of_a_run_refuses_its_version_and_names_the_feature()
    {
        var version = (await RegisterAsync(new FeatureProof(500, 5000, 1, ["customer.n_1d"], 1))).Version!;

        Assert.Equal(VersionStates.Refused, version.State);
        Assert.False(Gate(version, "feature_parity").Ok);
        Assert.Contains("customer.n_1d", Gate(version, "feature_parity").Detail, StringComparison.Ordinal);
        var approval = await fixture.Registry.ApproveAsync(RegistryFixture.Model, version.Version, RegistryFixture.Approver, null, false, default);
        Assert.Equal(["FLY3202"], approval.Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task A_version_without_a_proof_is_refused() =>
        Assert.Equal(VersionStates.Refused, (await RegisterAsync(null)).Version!.State);

    [Fact]
    public async Task A_proof_that_compared_nothing_is_none() =>
        Assert.Equal(VersionStates.Refused, (await RegisterAsync(new FeatureProof(0, 0, 0, [], 1))).Version!.State);

    [Fact]
    public async Task A_served_mismatch_forbids_promotion_until_a_later_comparison_is_clean()
    {
        var version = await fixture.ApprovedAsync(1);
        await RecordAsync(compared: 100, identical: 99, "customer.n_1d");

        var refused = await PromoteAsync(version);
        Assert.Equal(["FLY3190"], refused.Problems.Select(p => p.Code));
        Assert.Contains("customer.n_1d", refused.Problems[0].Message, StringComparison.Ordinal);
        Assert.False(fixture.Registry.ServedParity(RegistryFixture.Model).Ok);
        Assert.Null(fixture.Registry.Champion(RegistryFixture.Model));

        // A comparison of nothing clears nobody.
        await RecordAsync(compared: 0, identical: 0);
        Assert.False((await PromoteAsync(version)).Ok);

        await RecordAsync(compared: 10, identical: 10);
        Assert.True((await PromoteAsync(version)).Ok);
        Assert.Equal(["deny", "deny", "allow"], fixture.Decisions("alias.promote").Select(d => d.ToLowerInvariant()));
        Assert.Equal(3, fixture.Decisions("parity.check").Count);
    }

    [Fact]
    public async Task A_mismatch_of_one_model_says_nothing_of_another()
    {
        var version = await fixture.ApprovedAsync(1);
        await fixture.Registry.RecordParityAsync(new ParityCheck("churn", 0, "", "", 5, 4, ["a.b"], "{}"), RegistryFixture.Author, default);

        Assert.True((await PromoteAsync(version)).Ok);
    }

    /// <summary>The way back stays open: what is served now is what is wrong.</summary>
    [Fact]
    public async Task A_served_mismatch_does_not_forbid_a_rollback()
    {
        await PromoteAsync(await fixture.ApprovedAsync(1));
        var second = await fixture.ApprovedAsync(2);
        Assert.True((await fixture.Registry.PromoteAsync(RegistryFixture.Model, second.Version, RegistryFixture.Approver, 1, null, default)).Ok);
        await RecordAsync(compared: 100, identical: 0, "customer.n_1d");

        Assert.Equal(1, (await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Approver, "features apart", default)).Version!.Version);
    }

    private Task<VersionOutcome> RegisterAsync(FeatureProof? proof) => fixture.Registry.RegisterBundleAsync(
        RegistryFixture.Plan(["average_precision >= 0.5"]), RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0.9) with { Proof = proof }, RegistryFixture.Author, default);

    private Task<VersionOutcome> PromoteAsync(ModelVersion version) =>
        fixture.Registry.PromoteAsync(RegistryFixture.Model, version.Version, RegistryFixture.Approver, null, null, default);

    private Task<ParityCheck> RecordAsync(long compared, long identical, params string[] features) =>
        fixture.Registry.RecordParityAsync(new ParityCheck(RegistryFixture.Model, 0, "", "", compared, identical, features, "{}"), RegistryFixture.Author, default);

    private static GateResult Gate(ModelVersion version, string name) => version.Gates.Single(g => g.Gate == name);
}
