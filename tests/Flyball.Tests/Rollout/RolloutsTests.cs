using Dapper;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Serving;

namespace Flyball.Tests.Rollout;

public class RolloutsTests
{
    private static readonly RolloutDefinition Patient = RolloutDefinition.Default with { MinSamples = 100_000 };

    [Fact]
    public async Task Equal_versions_are_promoted_step_by_step_and_never_rolled_back()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        for (var seed = 1; seed <= 20; seed++)
        {
            var champion = fixture.Registry.Champion(RolloutFixture.Model)!.Version;
            var run = await fixture.StartAsync(3 - champion);
            var (end, _) = await fixture.PlayAsync(run.Id, seed, 20_000, 0.02, 0.02);
            Assert.Equal((seed, RolloutStates.Promoted), (seed, end.State));
            Assert.Equal(["start", "step", "step", "promote", "promoted"], fixture.Rollouts.Events(run.Id).Select(e => e.Kind));
            Assert.Equal(3 - champion, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
            Assert.Equal((3 - champion, champion, null), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version, fixture.Plan.Canary));
        }
    }

    [Fact]
    public async Task Served_vectors_that_differ_refuse_a_start_until_a_later_check_finds_none()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Registry.RecordParityAsync(new ParityCheck(RolloutFixture.Model, 0, "", "", 100, 99, ["customer.n_1d"], "{}"), RolloutFixture.Operator, default);

        var refused = await fixture.Rollouts.StartAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, default);

        Assert.False(refused.Ok);
        var problem = Assert.Single(refused.Problems);
        Assert.Equal(("FLY3190", "served_parity"), (problem.Code, problem.Where!.Field));
        Assert.Contains("customer.n_1d", problem.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Rollouts.Active());
        Assert.Null(fixture.Plan.Canary);
        Assert.Equal(["deny"], fixture.Base.Decisions("rollout.start"));

        await fixture.Registry.RecordParityAsync(new ParityCheck(RolloutFixture.Model, 0, "", "", 50, 50, [], "{}"), RolloutFixture.Operator, default);
        Assert.Equal(RolloutStates.Running, (await fixture.StartAsync()).State);
    }

    [Fact]
    public async Task Requests_of_a_test_are_no_evidence()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        await fixture.LookAsync(run.Id);
        await fixture.AppendAsync("seen", Arm.Canary);
        for (var i = 0; i < 50; i++)
        {
            await fixture.AppendAsync($"tried {i}", Arm.Canary, bad: true, PredictionRoute.Test);
        }

        Assert.Equal(RolloutStates.Running, (await fixture.LookAsync(run.Id)).State);
        var status = (await fixture.Rollouts.EvaluateAsync(run.Id, default)).Status!;
        Assert.Equal((1, 0), (status.CanaryPredictions, status.ControlPredictions));
    }

    [Fact]
    public async Task Three_times_the_errors_roll_back()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            await using var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.1m, 0.5m] });
            var run = await fixture.StartAsync();
            var (end, served) = await fixture.PlayAsync(run.Id, seed, 20_000, 0.02, 0.06);
            Assert.Equal(RolloutStates.RolledBack, end.State);
            Assert.Contains(RolloutDefinition.Errors, end.Reason, StringComparison.Ordinal);
            Assert.True(served <= 12_000, $"seed {seed}: {served}");
            Assert.Null(fixture.Plan.Canary);
            Assert.Equal(1, fixture.Plan.Champion.Version);
            Assert.Equal(["allow"], fixture.Base.Decisions("rollout.rollback"));
        }
    }

    [Fact]
    public async Task Fewer_errors_than_the_champion_do_not_roll_back()
    {
        await using var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.5m] });
        var run = await fixture.StartAsync();
        var (end, _) = await fixture.PlayAsync(run.Id, 1, 5_000, 0.06, 0);
        Assert.Equal(RolloutStates.Running, end.State);
    }

    [Fact]
    public async Task Scores_that_are_distributed_elsewhere_roll_back()
    {
        await using var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.2m] });
        var run = await fixture.StartAsync();
        var (end, _) = await fixture.PlayAsync(run.Id, 1, 20_000, 0, 0, canaryShift: 0.4);
        Assert.Equal(RolloutStates.RolledBack, end.State);
        Assert.Contains(RolloutDefinition.ScoreDistribution, end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predictions_beyond_the_latency_budget_roll_back_only_when_that_is_a_guardrail()
    {
        await using (var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.2m], Guardrails = [RolloutDefinition.Latency] }))
        {
            var run = await fixture.StartAsync();
            var (end, _) = await fixture.PlayAsync(run.Id, 1, 20_000, 0, 0, canaryLatency: 60_000);
            Assert.Equal(RolloutStates.RolledBack, end.State);
        }

        await using (var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.2m], Guardrails = [RolloutDefinition.Errors] }))
        {
            var run = await fixture.StartAsync();
            var (end, _) = await fixture.PlayAsync(run.Id, 1, 3_000, 0, 0, canaryLatency: 60_000);
            Assert.Equal(RolloutStates.Running, end.State);
        }
    }

    [Fact]
    public async Task One_unit_that_fails_again_and_again_counts_once()
    {
        await using var fixture = await RolloutFixture.CreateAsync(Patient);
        var run = await fixture.StartAsync();
        for (var i = 0; i < 200; i++)
        {
            await fixture.AppendAsync("the same", Arm.Canary, bad: true);
        }

        Assert.Equal(RolloutStates.Running, (await fixture.LookAsync(run.Id)).State);
    }

    [Fact]
    public async Task Units_that_do_not_fall_on_the_arms_as_assigned_hold_the_rollout()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        for (var i = 0; i < 600; i++)
        {
            await fixture.AppendAsync($"u{i}", i % 2 == 0 ? Arm.Canary : Arm.Control);
        }

        var held = await fixture.LookAsync(run.Id);
        Assert.Equal(RolloutStates.Held, held.State);
        Assert.Equal(0.05m, fixture.Plan.Canary!.Share);
        Assert.Equal(RolloutStates.Held, (await fixture.LookAsync(run.Id)).State);
    }

    [Fact]
    public async Task Without_predictions_a_rollout_waits_and_is_held_at_its_deadline()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        fixture.Base.Time.Advance(TimeSpan.FromDays(6.9));
        Assert.Equal((RolloutStates.Running, 0), State(await fixture.LookAsync(run.Id)));
        fixture.Base.Time.Advance(TimeSpan.FromDays(0.2));
        var held = await fixture.LookAsync(run.Id);
        Assert.Equal((RolloutStates.Held, 0), State(held));
        Assert.StartsWith("Inconclusive", held.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_rollout_still_rolls_back()
    {
        await using var fixture = await RolloutFixture.CreateAsync(Patient with { Steps = [0.2m], MaxDurationMicros = 1 });
        var run = await fixture.StartAsync();
        fixture.Base.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RolloutStates.Held, (await fixture.LookAsync(run.Id)).State);
        for (var i = 0; i < 300; i++)
        {
            var unit = $"u{i}";
            var canary = fixture.Plan.Canary!.Takes(unit);
            await fixture.AppendAsync(unit, canary ? Arm.Canary : Arm.Control, bad: canary);
        }

        Assert.Equal(RolloutStates.RolledBack, (await fixture.LookAsync(run.Id)).State);
    }

    [Fact]
    public async Task A_second_rollout_beside_the_first_is_refused_and_starting_the_same_again_is_not()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Base.ApprovedAsync(3);
        var run = await fixture.StartAsync();
        Assert.Equal(run.Id, (await fixture.StartAsync()).Id);
        var second = await fixture.Rollouts.StartAsync(RolloutFixture.Model, 3, RolloutFixture.Operator, default);
        Assert.Equal(["FLY3231"], second.Problems.Select(p => p.Code));
        Assert.Equal(["allow", "deny"], fixture.Base.Decisions("rollout.start"));
    }

    [Fact]
    public async Task Only_an_approved_version_that_is_not_the_champion_goes_on_trial()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var plan = Registry.RegistryFixture.Plan(["average_precision >= 0.5"]);
        await fixture.Registry.RegisterBundleAsync(
            plan, Registry.RegistryFixture.Bundle(3), Registry.RegistryFixture.Evaluation(0.9), Registry.RegistryFixture.Author, default);
        Assert.Equal(["FLY3209"], await CodesAsync(3));
        Assert.Equal(["FLY3233"], await CodesAsync(1));
        Assert.Equal(["FLY4004"], await CodesAsync(9));
        Assert.Empty(fixture.Rollouts.All());

        async Task<IEnumerable<string>> CodesAsync(int version) =>
            (await fixture.Rollouts.StartAsync(RolloutFixture.Model, version, RolloutFixture.Operator, default)).Problems.Select(p => p.Code);
    }

    [Fact]
    public async Task A_version_refused_during_its_trial_is_taken_off()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        await fixture.Registry.RefuseAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, "leaks a label", default);
        Assert.Equal(RolloutStates.RolledBack, (await fixture.LookAsync(run.Id)).State);
        Assert.Null(fixture.Plan.Canary);
    }

    [Fact]
    public async Task An_abort_needs_a_reason_and_gives_all_traffic_back()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        Assert.Equal("FLY3203", (await fixture.Rollouts.AbortAsync(run.Id, " ", RolloutFixture.Operator, default)).Problems[0].Code);
        Assert.NotNull(fixture.Plan.Canary);
        Assert.True((await fixture.Rollouts.AbortAsync(run.Id, "changed my mind", RolloutFixture.Operator, default)).Ok);
        Assert.Null(fixture.Plan.Canary);
        Assert.Equal(RolloutStates.Aborted, (await fixture.LookAsync(run.Id)).State);
    }

    [Fact]
    public async Task After_a_restart_the_rollout_goes_on_at_its_step_with_the_same_evidence()
    {
        await using var fixture = await RolloutFixture.CreateAsync(RolloutDefinition.Default with { MinSamples = 50 });
        var run = await fixture.StartAsync();
        while (fixture.Rollouts.Find(run.Id)!.Step == 0)
        {
            await fixture.PlayAsync(run.Id, 5, 100, 0.05, 0.05);
        }

        await fixture.PlayAsync(run.Id, 6, 100, 0.05, 0.05);
        var before = (await fixture.Rollouts.StatusAsync(run.Id, default))!;
        await fixture.ReopenAsync();
        Assert.Empty(await fixture.Deployments.RestoreAsync(default));
        Assert.Equal((run.Id, 0.2m), (fixture.Plan.Canary!.RolloutId, fixture.Plan.Canary.Share));
        Assert.Equal((RolloutStates.Running, 1), State(await fixture.LookAsync(run.Id)));
        var after = (await fixture.Rollouts.StatusAsync(run.Id, default))!;
        Assert.Equal((before.CanaryPredictions, before.ControlPredictions), (after.CanaryPredictions, after.ControlPredictions));
        Assert.Equal(before.Guardrails, after.Guardrails);
        Assert.Equal(before.SampleRatio, after.SampleRatio);
        var (end, _) = await fixture.PlayAsync(run.Id, 7, 20_000, 0.05, 0.05);
        Assert.Equal(RolloutStates.Promoted, end.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_promotion_that_a_crash_interrupted_is_finished_by_the_next_look(bool aliasMoved)
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        await fixture.Base.Catalog.WriteAsync((c, t) => c.Execute("UPDATE rollouts SET state = 'promoting'", transaction: t), default);
        if (aliasMoved)
        {
            Assert.True((await fixture.Registry.PromoteAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, 1, null, default)).Ok);
        }

        await fixture.ReopenAsync();
        await fixture.Deployments.RestoreAsync(default);
        Assert.Equal(aliasMoved ? 2 : 1, fixture.Plan.Champion.Version);
        Assert.Equal(RolloutStates.Promoted, (await fixture.LookAsync(run.Id)).State);
        Assert.Equal((2, 1, null), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version, fixture.Plan.Canary));
        Assert.Equal(2, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
    }

    [Fact]
    public async Task A_step_that_was_durable_before_a_crash_is_in_force_after_it()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        await fixture.Base.Catalog.WriteAsync(
            (c, t) => c.Execute(
                "UPDATE rollouts SET step = 1; INSERT INTO rollout_events (rollout, ordinal, kind, step, decided_position, actor, happened_at) SELECT id, 2, 'step', 1, 0, 'x', 'now' FROM rollouts",
                transaction: t),
            default);
        await fixture.ReopenAsync();
        await fixture.Deployments.RestoreAsync(default);
        Assert.Equal(0.2m, fixture.Plan.Canary!.Share);
        await fixture.LookAsync(run.Id);
        Assert.NotNull(fixture.Rollouts.Events(run.Id)[1].SettledPosition);
    }

    [Fact]
    public async Task A_champion_that_moved_meanwhile_holds_the_promotion()
    {
        await using var fixture = await RolloutFixture.CreateAsync(RolloutDefinition.Default with { MinSamples = 10, Steps = [0.5m, 1m] });
        await fixture.Base.ApprovedAsync(3);
        var run = await fixture.StartAsync();
        await fixture.Registry.PromoteAsync(RolloutFixture.Model, 3, RolloutFixture.Operator, 1, "by hand", default);
        var (end, _) = await fixture.PlayAsync(run.Id, 1, 1_000, 0, 0);
        Assert.Equal(RolloutStates.Held, end.State);
        Assert.Equal(3, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
    }

    [Fact]
    public async Task A_damaged_record_is_counted_over_and_hides_nothing()
    {
        await using var fixture = await RolloutFixture.CreateAsync(Patient);
        var run = await fixture.StartAsync();
        await fixture.Predictions.AppendAsync(new Storage.Journals.JournalBatch([new Storage.Journals.JournalEntry(PredictionLog.Stream, new byte[] { 9, 9 })]), default);
        await fixture.AppendAsync("u", Arm.Canary);
        var status = (await fixture.Rollouts.EvaluateAsync(run.Id, default)).Status!;
        Assert.Equal(1, status.CanaryPredictions);
    }

    private static (string State, int Step) State(RolloutRun run) => (run.State, run.Step);
}
