using Flyball.Features;

namespace Flyball.Tests.Features;

/// <summary>A feature's digest names its meaning and nothing else.</summary>
public sealed class FeatureCatalogueTests
{
    [Theory]
    [InlineData("mean(amount) over 7d", "{ expr: \"mean( amount ) over 7d\", unit: EUR, description: words, owner: bob, checks: { range: [0, 9] } }")]
    [InlineData("mean(amount) over 7d", "{ expr: mean(amount) over 7d, retired: true }")]
    public void Words_checks_and_retirement_leave_the_digest(string one, string other) => Assert.Equal(DigestOf(one), DigestOf(other));

    [Fact]
    public void Another_expression_or_entity_gives_another_digest()
    {
        Assert.NotEqual(DigestOf("mean(amount) over 7d"), DigestOf("mean(amount) over 8d"));
        Assert.NotEqual(DigestOf("mean(amount) over 7d"), DigestOf("mean(amount) over 7d", "terminal_id"));
    }

    [Fact]
    public void A_feature_of_the_request_has_another_digest_when_what_it_reads_has()
    {
        static string Of(string customer) => FeatureCatalogue.Of(SampleViews.Compile(customer, SampleViews.Terminal, SampleViews.Request)).Find("request.against_mean")!.Digest.Hex;

        Assert.Equal(Of(SampleViews.Customer), Of(SampleViews.Customer.Replace("max(amount) over 7d", "max(amount) over 9d", StringComparison.Ordinal)));
        Assert.NotEqual(Of(SampleViews.Customer), Of(SampleViews.Customer.Replace("mean(amount) over 7d", "mean(amount) over 9d", StringComparison.Ordinal)));
    }

    [Fact]
    public void Columns_and_what_selects_rows_are_told_apart()
    {
        var feature = FeatureCatalogue.Of(SampleViews.Compile(SampleViews.Terminal)).Find("terminal.large_7d")!;

        Assert.Equal(["amount"], feature.Columns);
        Assert.Equal(["terminal_id", "event_time"], feature.Selectors);
        Assert.Equal("ann@example.com", FeatureCatalogue.Of(SampleViews.Compile(SampleViews.Customer)).Find("customer.n_1d")!.Owner);
    }

    [Fact]
    public void A_retired_feature_is_had_by_name_and_by_no_pattern()
    {
        var plans = SampleViews.Compile(
            SampleViews.Customer.Replace("n_1d:   count() over 1d", "n_1d: { expr: count() over 1d, retired: true }", StringComparison.Ordinal), SampleViews.Terminal,
            SampleViews.Request.Replace("amount: amount", "amount: { expr: amount, retired: true }", StringComparison.Ordinal));

        Assert.Equal(
            ["customer.mean_7d", "customer.max_7d", "customer.large_share", "request.night", "request.against_mean", "request.against_terminal"],
            SampleViews.Vector(plans, "customer.*", "request.*").Columns.Select(c => c.Name));
        Assert.Equal(["customer.n_1d", "request.amount"], SampleViews.Vector(plans, "customer.n_1d", "request.amount").Columns.Select(c => c.Name));
    }

    private static string DigestOf(string feature, string entity = "customer_id") =>
        FeatureCatalogue.Of(SampleViews.Compile($"view: v\nentity: {entity}\nsource: transactions\nfeatures:\n  f: {feature}\n")).Find("v.f")!.Digest.Hex;
}
