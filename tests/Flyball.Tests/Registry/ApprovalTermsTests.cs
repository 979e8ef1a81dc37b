using Flyball.Access;
using Flyball.Registry;

namespace Flyball.Tests.Registry;

/// <summary>An approval by another person, or on other terms, is another decision.</summary>
public class ApprovalTermsTests
{
    [Fact]
    public async Task A_second_approver_without_a_limit_is_recorded_and_outlives_the_first()
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture);
        await ApproveAsync(fixture, "ann", new ApprovalTerms("for now", ValidForMicros: 3_600_000_000));
        await ApproveAsync(fixture, "bob", new ApprovalTerms("for good"));
        Assert.Equal([("ann", true), ("bob", false)], fixture.Registry.Approvals(RegistryFixture.Model, 1).Select(a => (a.Actor, a.ExpiresAt is not null)));
        fixture.Time.Advance(TimeSpan.FromHours(2));
        Assert.Empty(fixture.Registry.CheckPromotion(fixture.Registry.Version(RegistryFixture.Model, 1)!));
    }

    [Fact]
    public async Task The_same_person_lifting_the_limit_is_recorded_and_saying_the_same_twice_is_not()
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture);
        await ApproveAsync(fixture, "bob", new ApprovalTerms("fine", ValidForMicros: 3_600_000_000));
        await ApproveAsync(fixture, "bob", new ApprovalTerms("fine"));
        await ApproveAsync(fixture, "Bob", new ApprovalTerms("fine"));
        await ApproveAsync(fixture, "bob", new ApprovalTerms());
        Assert.Equal(2, fixture.Registry.Approvals(RegistryFixture.Model, 1).Count);
        await ApproveAsync(fixture, "bob", new ApprovalTerms("after the review"));
        Assert.Equal(3, fixture.Registry.Approvals(RegistryFixture.Model, 1).Count);
    }

    private static Task<VersionOutcome> RegisterAsync(RegistryFixture fixture) =>
        fixture.Registry.RegisterBundleAsync(RegistryFixture.Plan(["average_precision >= 0.5"]), RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0.9), Caller.Local("zoe"), default);

    private static async Task ApproveAsync(RegistryFixture fixture, string who, ApprovalTerms terms) =>
        Assert.True((await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, Caller.Local(who), terms, default)).Ok);
}
