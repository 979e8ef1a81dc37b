using Dapper;
using Flyball.Registry;

namespace Flyball.Tests.Registry.Attestations;

/// <summary>Only what this installation signed goes into production.</summary>
public class SignedPromotionTests
{
    [Fact]
    public async Task Every_version_is_signed_when_it_comes_in_and_promoted_with_it()
    {
        await using var fixture = new RegistryFixture();
        var version = await fixture.ApprovedAsync(1);
        Assert.Empty(fixture.Registry.CheckPromotion(version));
        Assert.True((await PromoteAsync(fixture)).Ok);
    }

    [Theory]
    [InlineData("DELETE FROM attestations")]
    [InlineData("UPDATE attestations SET content = replace(content, '\"sig\":\"', '\"sig\":\"AAAA')")]
    [InlineData("UPDATE attestations SET key_id = 'another'")]
    public async Task A_missing_or_broken_signature_is_a_condition_that_fails(string harm)
    {
        await using var fixture = new RegistryFixture();
        var version = await fixture.ApprovedAsync(1);
        await fixture.Catalog.WriteAsync((c, t) => c.Execute(harm, transaction: t), default);
        Assert.Equal(["FLY3357"], fixture.Registry.CheckPromotion(version).Select(p => p.Code));
        Assert.Equal(["FLY3357"], (await PromoteAsync(fixture)).Problems.Select(p => p.Code));
        Assert.Null(fixture.Registry.Champion(RegistryFixture.Model));
        Assert.Equal(["deny"], fixture.Decisions("alias.promote"));
    }

    [Fact]
    public async Task Another_bundle_under_the_versions_row_is_not_the_signed_one()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        var other = RegistryFixture.Bundle(2);
        var blob = fixture.Blobs.Put(other.Pack());
        await fixture.Catalog.WriteAsync(
            (c, t) => c.Execute("UPDATE versions SET digest = @digest, blob = @blob; UPDATE approvals SET digest = @digest; UPDATE attestations SET digest = @digest", new { digest = other.Digest.Hex, blob = blob.Hex }, t), default);
        Assert.Equal(["FLY3357"], (await PromoteAsync(fixture)).Problems.Select(p => p.Code));
    }

    private static Task<VersionOutcome> PromoteAsync(RegistryFixture fixture) => fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, null, null, default);
}
