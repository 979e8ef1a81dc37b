using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Tests.Registry;

namespace Flyball.Tests.Retraining;

public sealed class RetrainJobsTests : IDisposable
{
    private readonly RetrainWorld world = new();

    [Fact]
    public async Task Drift_trains_registers_approves_by_policy_and_rolls_out()
    {
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();

        await fixture.RunAsync();

        var job = fixture.Job;
        Assert.Equal((RetrainStates.RollingOut, 1, "r1"), (job.State, job.Version, job.Rollout));
        Assert.Contains("feature_drift transaction.amount", job.Reason, StringComparison.Ordinal);
        var version = fixture.Registry.Version(RetrainFixture.Model, 1)!;
        Assert.Equal(("system:retraining", VersionStates.Approved), (version.Author, version.State));
        var approval = Assert.Single(fixture.Registry.Approvals(RetrainFixture.Model, 1));
        Assert.Equal("system:policy", approval.Actor);
        Assert.Contains("retrain.approve", approval.Reason, StringComparison.Ordinal);
        Assert.Equal(["retrain.schedule", "retrain.train", "retrain.register", "retrain.rollout"], fixture.Audited());
    }

    [Fact]
    public async Task Of_high_risk_nothing_approves_itself_before_a_person_approved_the_definitions()
    {
        await using var fixture = new RetrainFixture(world);
        world.Stands = asker => asker == "system:retraining" ? ("carol", 7) : null;
        var asked = await fixture.Jobs.RequestAsync(RetrainFixture.Model, world.Time.Now, Caller.Local("mallory"), default);
        Assert.NotNull(asked.Job);
        await fixture.RunAsync();
        Assert.Equal((RetrainStates.WaitingApproval, VersionStates.Registered), (fixture.Job.State, fixture.Registry.Version(RetrainFixture.Model, 1)!.State));
        Assert.Empty(world.Rollouts);

        // A person lets it out.
        await fixture.Registry.ApproveAsync(RetrainFixture.Model, 1, Caller.Local("bob"), "read it", false, default);
        await fixture.RunAsync();
        Assert.Equal(RetrainStates.RollingOut, fixture.Job.State);
    }

    [Fact]
    public async Task Of_low_risk_the_definition_is_enough_and_of_high_risk_the_approval_names_the_person()
    {
        await using (var high = new RetrainFixture(world))
        {
            await high.DriftAsync();
            await high.RunAsync();
            Assert.Contains("carol approved version 7", Assert.Single(high.Registry.Approvals(RetrainFixture.Model, 1)).Reason, StringComparison.Ordinal);
        }

        using var other = new RetrainWorld { Stands = _ => null };
        await using var low = new RetrainFixture(other, risk: "low");
        await low.DriftAsync();
        await low.RunAsync();
        Assert.Equal(RetrainStates.RollingOut, low.Job.State);
    }

    [Theory]
    [InlineData(RolloutStates.Promoted)]
    [InlineData(RolloutStates.RolledBack)]
    public async Task A_job_ends_with_its_rollout_and_says_how(string state)
    {
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();
        await fixture.RunAsync();
        await fixture.RunAsync();
        Assert.Equal(RetrainStates.RollingOut, fixture.Job.State);

        world.EndRollout(state);
        await fixture.RunAsync();

        Assert.Equal(RetrainStates.Done, fixture.Job.State);
        Assert.Contains(state, fixture.Job.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_makes_a_job_when_it_comes_and_not_before()
    {
        await using var fixture = new RetrainFixture(world, schedule: "0 3 * * *");
        await fixture.RunAsync();
        Assert.Empty(fixture.Jobs.List(null, 10));

        world.Time.Advance(TimeSpan.FromDays(1));
        await fixture.RunAsync();

        Assert.Contains("the schedule 0 3 * * * came at", fixture.Job.Reason, StringComparison.Ordinal);
        Assert.Equal(1, world.Trained);
        await fixture.RunAsync();
        Assert.Equal(1, world.Trained);
    }

    [Fact]
    public async Task Times_that_passed_while_nothing_ran_make_one_job()
    {
        await using (var before = new RetrainFixture(world, schedule: "0 3 * * *"))
        {
            await before.RunAsync();
        }

        world.Time.Advance(TimeSpan.FromDays(5));
        await using var fixture = new RetrainFixture(world, schedule: "0 3 * * *");
        await fixture.RunAsync();
        world.EndRollout(RolloutStates.Promoted);
        await fixture.RunAsync();
        await fixture.RunAsync();

        Assert.Single(fixture.Jobs.List(null, 10));
        world.Time.Advance(TimeSpan.FromDays(1));
        await fixture.RunAsync();
        Assert.Equal(2, fixture.Jobs.List(null, 10).Count);
    }

    [Fact]
    public async Task Nothing_is_trained_before_labels_of_the_new_regime_have_matured()
    {
        await using var fixture = new RetrainFixture(world, after: "8d");
        await fixture.DriftAsync();
        await fixture.RunAsync();
        world.Time.Advance(TimeSpan.FromDays(8) - TimeSpan.FromSeconds(1));
        await fixture.RunAsync();
        Assert.Equal((RetrainStates.Waiting, 0), (fixture.Job.State, world.Trained));

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.RunAsync();

        Assert.Equal((RetrainStates.RollingOut, 1), (fixture.Job.State, world.Trained));
    }

    [Fact]
    public async Task An_alert_that_the_definition_does_not_name_asks_for_nothing()
    {
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync(kind: "data_quality");

        await fixture.RunAsync();

        Assert.Empty(fixture.Jobs.List(null, 10));
    }

    [Fact]
    public async Task A_version_whose_gates_fail_ends_the_job_refused()
    {
        world.Skill = 0;
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();

        await fixture.RunAsync();

        Assert.Equal((RetrainStates.Refused, 1), (fixture.Job.State, fixture.Job.Version));
        Assert.Contains("average_precision >= 0.5", fixture.Job.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Rollouts);
        Assert.Equal("retrain.refuse denied", fixture.Audited()[^1]);
        Assert.Empty(fixture.Registry.Approvals(RetrainFixture.Model, 1));
    }

    [Fact]
    public async Task Always_ask_waits_for_a_person_and_goes_on_after_the_approval()
    {
        await using var fixture = new RetrainFixture(world, approve: "always-ask");
        await fixture.DriftAsync();
        await fixture.RunAsync();
        await fixture.RunAsync();
        Assert.Equal((RetrainStates.WaitingApproval, 0), (fixture.Job.State, world.Rollouts.Count));

        Assert.True((await fixture.Registry.ApproveAsync(RetrainFixture.Model, 1, RegistryFixture.Approver, "looks good", false, default)).Ok);
        await fixture.RunAsync();

        Assert.Equal(RetrainStates.RollingOut, fixture.Job.State);
    }

    [Fact]
    public async Task A_person_who_refuses_the_version_ends_the_job()
    {
        await using var fixture = new RetrainFixture(world, approve: "always-ask");
        await fixture.DriftAsync();
        await fixture.RunAsync();

        Assert.True((await fixture.Registry.RefuseAsync(RetrainFixture.Model, 1, RegistryFixture.Approver, "not on a Friday", default)).Ok);
        await fixture.RunAsync();

        Assert.Equal((RetrainStates.Refused, 0), (fixture.Job.State, world.Rollouts.Count));
    }

    [Fact]
    public async Task A_process_that_dies_while_training_trains_again()
    {
        using var dying = new CancellationTokenSource();
        world.OnTrained = () =>
        {
            dying.Cancel();
            dying.Token.ThrowIfCancellationRequested();
        };
        await using (var before = new RetrainFixture(world))
        {
            await before.DriftAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before.Jobs.RunDueAsync(world.Time.Now, dying.Token));
            Assert.Equal(RetrainStates.Training, before.Job.State);
        }

        world.OnTrained = () => { };
        await using var after = new RetrainFixture(world);
        await after.RunAsync();

        Assert.Equal((RetrainStates.RollingOut, 2, 1), (after.Job.State, world.Trained, world.Rollouts.Count));
        Assert.Single(after.Registry.Versions(RetrainFixture.Model));
    }

    [Theory]
    [InlineData(RolloutStates.Running, RetrainStates.RollingOut)]
    [InlineData(RolloutStates.RolledBack, RetrainStates.Done)]
    public async Task A_process_that_dies_after_the_start_of_the_rollout_starts_no_second_one(string rollout, string job)
    {
        using var dying = new CancellationTokenSource();
        world.OnStarted = () =>
        {
            dying.Cancel();
            dying.Token.ThrowIfCancellationRequested();
        };
        await using (var before = new RetrainFixture(world))
        {
            await before.DriftAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before.Jobs.RunDueAsync(world.Time.Now, dying.Token));
            Assert.Equal((RetrainStates.Registered, 1), (before.Job.State, world.Rollouts.Count));
        }

        world.EndRollout(rollout);
        await using var after = new RetrainFixture(world);
        await after.RunAsync();

        Assert.Equal((job, 1, 1), (after.Job.State, world.Trained, world.Rollouts.Count));
        Assert.Single(after.Registry.Approvals(RetrainFixture.Model, 1));
    }

    [Fact]
    public async Task What_breaks_in_training_ends_the_job_with_the_error()
    {
        world.OnTrained = () => throw new FlyballException(new Problem("FLY3222", "The worker ended with 137."));
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();

        await fixture.RunAsync();

        Assert.Equal(RetrainStates.Failed, fixture.Job.State);
        Assert.Contains("The worker ended with 137.", fixture.Job.Error, StringComparison.Ordinal);
        Assert.Equal("retrain.fail", fixture.Audited()[^1]);
    }

    [Fact]
    public async Task Alerts_ask_for_nothing_within_a_week_after_the_last_job_ended()
    {
        world.Skill = 0;
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();
        await fixture.RunAsync();
        world.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await fixture.RunAsync();
        Assert.Equal(1, world.Trained);

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.RunAsync();

        Assert.Equal(2, world.Trained);
    }

    [Fact]
    public async Task A_model_has_one_open_job_whatever_fires_and_whoever_asks()
    {
        await using var fixture = new RetrainFixture(world, approve: "always-ask");
        await fixture.DriftAsync("transaction.amount");
        await fixture.DriftAsync("", "performance_decay");
        await Task.WhenAll(fixture.RunAsync(), fixture.RunAsync(), fixture.RunAsync());

        var asked = await fixture.Jobs.RequestAsync(RetrainFixture.Model, world.Time.Now, Caller.Local("ann"), default);

        Assert.Equal("FLY3241", asked.Problem?.Code);
        Assert.Single(fixture.Jobs.List(null, 10));
        Assert.Equal(1, world.Trained);
        Assert.Equal("retrain.schedule denied", fixture.Audited()[^1]);
    }

    [Fact]
    public async Task A_person_brings_a_waiting_job_forward_and_asks_without_an_alert_even_in_the_cooldown()
    {
        world.Skill = 0;
        await using var fixture = new RetrainFixture(world, after: "8d");
        await fixture.DriftAsync();
        await fixture.RunAsync();
        var first = await fixture.Jobs.RequestAsync(RetrainFixture.Model, world.Time.Now, Caller.Local("ann"), default);
        Assert.Equal((fixture.Job.Id, world.Time.Now.ToString()), (first.Job?.Id, first.Job?.DueAt));
        await fixture.RunAsync();
        Assert.Equal(RetrainStates.Refused, fixture.Job.State);

        var second = await fixture.Jobs.RequestAsync(RetrainFixture.Model, world.Time.Now, Caller.Local("ann"), default);
        await fixture.RunAsync();

        Assert.NotEqual(first.Job?.Id, second.Job?.Id);
        Assert.Equal((2, 2), (world.Trained, fixture.Jobs.List(null, 10).Count));
        Assert.Equal("ann", fixture.Job.RequestedBy);
    }

    [Fact]
    public async Task Who_asked_for_a_high_risk_version_may_not_approve_it()
    {
        await using var fixture = new RetrainFixture(world, approve: "always-ask");
        await fixture.Jobs.RequestAsync(RetrainFixture.Model, world.Time.Now, RegistryFixture.Approver, default);
        await fixture.RunAsync();

        var outcome = await fixture.Registry.ApproveAsync(RetrainFixture.Model, 1, RegistryFixture.Approver, "mine", false, default);

        Assert.Equal(["FLY3201"], outcome.Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task A_job_waits_while_another_version_is_on_trial()
    {
        world.RefuseStart = new Problem("FLY3231", "The rollout r0 of version 1 is running.");
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();
        await fixture.RunAsync();
        Assert.Equal(RetrainStates.Registered, fixture.Job.State);

        world.RefuseStart = null;
        await fixture.RunAsync();

        Assert.Equal((RetrainStates.RollingOut, 1), (fixture.Job.State, world.Trained));
    }

    [Fact]
    public async Task A_rollout_that_cannot_start_ends_the_job_with_the_error()
    {
        world.RefuseStart = new Problem("FLY3232", "The model fraud has no champion in service to compare with.");
        await using var fixture = new RetrainFixture(world);
        await fixture.DriftAsync();

        await fixture.RunAsync();

        Assert.Equal(RetrainStates.Failed, fixture.Job.State);
        Assert.Contains("FLY3232", fixture.Job.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_in_the_project_is_not_retrained()
    {
        await using var fixture = new RetrainFixture(world);

        var outcome = await fixture.Jobs.RequestAsync("other", world.Time.Now, Caller.Local(), default);

        Assert.Equal("FLY4004", outcome.Problem?.Code);
    }

    public void Dispose() => world.Dispose();
}
