using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;

namespace Flyball.Tests.Features;

public sealed class FeatureVectorPlanTests
{
    private const long Hour = Clock.MicrosPerDay / 24;

    private static readonly string[] All = ["request.*", "customer.*", "terminal.*"];

    [Fact]
    public void Columns_stand_in_the_order_of_the_patterns_and_each_once()
    {
        var plans = SampleViews.Compile(SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);

        var vector = SampleViews.Vector(plans, "terminal.large_7d", "request.against_mean", "customer.*", "terminal.*", "request.amount");

        Assert.Equal(
            ["terminal.large_7d", "request.against_mean", "customer.n_1d", "customer.mean_7d", "customer.max_7d", "customer.large_share", "terminal.sum_1d", "terminal.min_7d", "request.amount"],
            vector.Columns.Select(c => c.Name));
    }

    [Fact]
    public void A_vector_holds_each_value_at_its_column()
    {
        var plans = SampleViews.Compile(SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);
        var vector = SampleViews.Vector(plans, "request.against_terminal", "customer.max_7d", "request.against_mean", "customer.n_1d", "request.night", "terminal.sum_1d");
        var state = new OfflineFeatures(plans);
        Add(state, plans, 1, -3 * Hour, customer: 7, terminal: 1, amount: 10);
        Add(state, plans, 2, -2 * Hour, customer: 7, terminal: 2, amount: 30);
        Add(state, plans, 3, -1 * Hour, customer: 8, terminal: 2, amount: 1000);
        var values = new Value[vector.Columns.Count];

        vector.Evaluate(state, Row(9, 0, customer: 7, terminal: 2, amount: 50), new EventTime(0), new Horizon(3), new Value[vector.ScratchWidth], values);

        Assert.Equal(
            [Value.FromNumber(20), Value.FromNumber(30), Value.FromNumber(2.5), Value.FromInteger(2), Value.FromBoolean(true), Value.FromNumber(1030)],
            values);
    }

    [Fact]
    public void Features_read_by_the_request_are_looked_up_though_the_vector_does_not_hold_them()
    {
        var plans = SampleViews.Compile(SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);

        Assert.Equal(["customer"], SampleViews.Vector(plans, "request.against_mean").EntityViews.Select(v => v.Name));
        Assert.Empty(SampleViews.Vector(plans, "request.amount").EntityViews);
    }

    [Fact]
    public void An_alias_names_the_column_of_the_key()
    {
        var plans = SampleViews.Compile(SampleViews.Customer);
        var swapped = SampleViews.Vector(plans, new Dictionary<string, string> { ["customer_id"] = "terminal_id" }, "customer.n_1d");
        var state = new OfflineFeatures(plans);
        Add(state, plans, 1, -Hour, customer: 7, terminal: 1, amount: 10);
        var values = new Value[1];

        swapped.Evaluate(state, Row(9, 0, customer: 1, terminal: 7, amount: 50), new EventTime(0), new Horizon(1), new Value[swapped.ScratchWidth], values);

        Assert.Equal(Value.FromInteger(1), values[0]);
        Assert.NotEqual(SampleViews.Vector(plans, "customer.n_1d").Digest, swapped.Digest);
    }

    [Theory]
    [InlineData("mean(amount) over 7d", "mean( amount )   over 7d")]
    [InlineData("  mean_7d: mean(amount) over 7d", "  mean_7d: { expr: \"mean(amount) over 7d\" }")]
    [InlineData("  max_7d: max(amount) over 7d", "  # the largest\n  max_7d:    \"max(amount) over 7d\"")]
    [InlineData("owner: ann@example.com", "owner: bob@example.com")]
    [InlineData("unit: ratio", "unit: share")]
    [InlineData("features: customer\n", "view: customer\n")]
    public void Formatting_and_words_change_no_digest(string old, string text) =>
        Assert.Equal(Digests(SampleViews.Customer), Digests(Changed(SampleViews.Customer, old, text)));

    /// <summary>A version keeps serving while its team adds features beside those it was trained with.</summary>
    [Fact]
    public void A_new_feature_beside_the_old_changes_no_digest()
    {
        var before = Digests(SampleViews.Customer);
        var after = Digests(Changed(SampleViews.Customer, "  n_1d:   count() over 1d", "  n_1d:   count() over 1d\n  n_2d: count() over 2d"));

        Assert.Equal(before, after.Where(d => d.Key != "customer.n_2d"));
    }

    [Theory]
    [InlineData("mean(amount) over 7d", "mean(amount) over 8d", "customer.mean_7d", "request.against_mean")]
    [InlineData("mean(amount) over 7d", "mean(amount + 1) over 7d", "customer.mean_7d", "request.against_mean")]
    [InlineData("count() over 1d", "count() over 1d where amount > 1", "customer.n_1d")]
    [InlineData("amount > 50, 1, 0", "amount >= 50, 1, 0", "customer.large_share")]
    public void A_changed_expression_changes_its_own_digest_and_those_built_on_it(string old, string text, params string[] changed)
    {
        var before = Digests(SampleViews.Customer);
        var after = Digests(Changed(SampleViews.Customer, old, text));

        Assert.Equal(changed.Order(), before.Where(d => after[d.Key] != d.Value).Select(d => d.Key).Order());
    }

    [Fact]
    public void The_digest_of_a_vector_depends_on_its_order()
    {
        var plans = SampleViews.Compile(SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);

        Assert.NotEqual(SampleViews.Vector(plans, "customer.*", "terminal.*").Digest, SampleViews.Vector(plans, "terminal.*", "customer.*").Digest);
        Assert.Equal(SampleViews.Vector(plans, All).Digest, SampleViews.Vector(plans, All).Digest);
    }

    private static string Changed(string yaml, string old, string text)
    {
        var lines = yaml.ReplaceLineEndings("\n");
        Assert.Contains(old, lines, StringComparison.Ordinal);
        return lines.Replace(old, text, StringComparison.Ordinal);
    }

    private static Dictionary<string, Digest> Digests(string customer) =>
        SampleViews.Vector(SampleViews.Compile(customer, SampleViews.Terminal, SampleViews.Request), All).Columns.ToDictionary(c => c.Name, c => c.Definition);

    private static void Add(OfflineFeatures state, FeaturePlans plans, long seq, long micros, long customer, long terminal, double amount)
    {
        foreach (var view in plans.EntityViews)
        {
            state.Add(view, new RowStamp(new EventTime(micros), new KnownAt(micros), seq), RowIdentity.None, Row(seq, micros, customer, terminal, amount));
        }
    }

    private static Value[] Row(long id, long micros, long customer, long terminal, double amount) =>
        [Value.FromInteger(id), Value.FromTimestamp(micros), Value.FromInteger(customer), Value.FromInteger(terminal), Value.FromNumber(amount)];
}
