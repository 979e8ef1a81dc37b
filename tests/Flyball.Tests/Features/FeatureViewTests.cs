using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Tests.Contracts;
using Flyball.Tests.Workspaces;
using Flyball.Training;

namespace Flyball.Tests.Features;

public sealed class FeatureViewTests
{
    [Fact]
    public void A_view_of_an_entity_keeps_what_its_author_wrote()
    {
        var view = SampleViews.Compile(SampleViews.Customer).EntityView("customer")!;

        Assert.Equal(("customer", "customer_id", "transactions", "ann@example.com"), (view.Name, view.Definition.Entity, view.Source.Source, view.Definition.Owner));
        Assert.Equal(["customer.n_1d", "customer.mean_7d", "customer.max_7d", "customer.large_share"], view.Fields.Select(f => f.Name));
        Assert.Equal([ScalarType.Integer, ScalarType.Number, ScalarType.Number, ScalarType.Number], view.Fields.Select(f => f.Type));
        var share = view.Definition.Features[3];
        Assert.Equal(("ratio", "Share of large payments"), (share.Unit, share.Description));
    }

    [Fact]
    public void A_view_on_the_request_reads_request_columns_and_features_of_entities()
    {
        var plans = SampleViews.Compile(SampleViews.Request, SampleViews.Customer, SampleViews.Terminal);

        var view = plans.RequestView("request")!;
        Assert.Equal(["amount", "night", "against_mean", "against_terminal"], view.Features.Select(f => f.Name));
        Assert.Equal(["amount", "customer.mean_7d"], view.Features[2].Plan.Reads);
        Assert.Null(plans.EntityView("request"));
    }

    [Fact]
    public void Both_spellings_of_the_name_are_one_view()
    {
        var doubled = SampleViews.Compile(SampleViews.Customer).EntityView("customer")!;
        var plain = SampleViews.Compile(SampleViews.Customer.Replace("features: customer", "view: customer", StringComparison.Ordinal)).EntityView("customer")!;

        Assert.Equal(doubled.Digest, plain.Digest);
        Assert.Equal(doubled.Fields, plain.Fields);
    }

    [Fact]
    public void The_order_of_files_changes_nothing()
    {
        var one = SampleViews.Compile(SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);
        var other = SampleViews.Compile(SampleViews.Request, SampleViews.Terminal, SampleViews.Customer);

        Assert.Equal(["customer", "terminal"], other.EntityViews.Select(v => v.Name));
        Assert.Equal(one.EntityViews.Select(v => (v.Ordinal, v.Digest)), other.EntityViews.Select(v => (v.Ordinal, v.Digest)));
    }

    [Theory]
    [InlineData("view: v\nfeatures: { a: amount }", "FLY1120")]
    [InlineData("view: v\nentity: customer_id\nfeatures: { a: count() over 1d }", "FLY1120")]
    [InlineData("view: v\nsource: transactions\nfeatures: { a: count() over 1d }", "FLY1120")]
    [InlineData("view: v\nentity: customer_id\ninputs: transactions\nfeatures: { a: amount }", "FLY1120")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions\ninputs: transactions\nfeatures: { a: amount }", "FLY1120")]
    [InlineData("view: v\nentity: customer_id\nsource: missing\nfeatures: { a: count() over 1d }", "FLY1122")]
    [InlineData("view: v\ninputs: missing\nfeatures: { a: amount }", "FLY1122")]
    [InlineData("view: v\nentity: missing\nsource: transactions\nfeatures: { a: count() over 1d }", "FLY1123")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions\nfeatures: { a: [1, 2] }", "FLY1184")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions\nfeatures: { a: { unit: EUR } }", "FLY1104")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions", "FLY1104")]
    [InlineData("entity: customer_id\nsource: transactions\nfeatures: { a: count() over 1d }", "FLY1104")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions\nfeatures: { a: mean(amont) over 1d }", "FLY1010")]
    [InlineData("view: v\nentity: customer_id\nsource: transactions\nfeatures: { a: amount }", "FLY1015")]
    [InlineData("view: v\ninputs: transactions\nfeatures: { a: amount / customer.mean_8d }", "FLY1010")]
    [InlineData("view: v\ninputs: transactions\nfeatures: { a: mean(amount) over 1d }", "FLY1014")]
    public void A_view_that_makes_no_sense_is_refused_at_its_place(string yaml, string code)
    {
        var plans = SampleViews.Compile(out var problems, yaml, SampleViews.Customer);

        Assert.Equal([code], problems.Select(p => p.Code));
        Assert.Equal("features/0.yaml", problems[0].Where!.File);
        Assert.NotNull(problems[0].Where!.Line);
        Assert.Null(plans.EntityView("v"));
        Assert.Null(plans.RequestView("v"));
    }

    [Fact]
    public void A_name_that_nobody_knows_is_told()
    {
        SampleViews.Compile(out var problems, "view: v\nentity: customer_id\nsource: transactions\nsauce: x\nfeatures: { a: count() over 1d }");

        Assert.Equal([("FLY1103", 4)], problems.Select(p => (p.Code, p.Where!.Line!.Value)));
    }

    [Fact]
    public void Two_views_of_one_name_are_refused_whatever_their_kind()
    {
        SampleViews.Compile(out var problems, SampleViews.Customer, SampleViews.Request.Replace("features: request", "features: customer", StringComparison.Ordinal), SampleViews.Terminal);

        Assert.Contains("FLY1121", problems.Select(p => p.Code));
    }

    [Fact]
    public void Two_models_of_one_name_are_refused()
    {
        using var project = new FraudProject();
        File.Copy(project["models/fraud.yaml"], project["models/again.yaml"]);

        Assert.Null(ProjectPlan.Load(project.Folder, out var problems));
        Assert.Equal(["FLY1129"], problems.Select(p => p.Code));
    }

    /// <summary>All problems of all files at once, so that a user mends them once.</summary>
    [Fact]
    public void Every_problem_is_told()
    {
        SampleViews.Compile(out var problems, "view: a\nentity: x\nsource: transactions\nfeatures: { f: count() over 1d }", "view: b\ninputs: nowhere\nfeatures: { f: amount }", SampleViews.Customer.Replace("mean(amount)", "mean(amont)", StringComparison.Ordinal));

        Assert.Equal(["FLY1010", "FLY1122", "FLY1123"], problems.Select(p => p.Code).Order());
    }

    [Theory]
    [InlineData("nobody.*", "FLY1124")]
    [InlineData("customer.mean_8d", "FLY1124")]
    [InlineData("request.nothing", "FLY1124")]
    [InlineData("page.*", "FLY1125")]
    [InlineData("texts.when", "FLY1126")]
    [InlineData("visitor.visits", "FLY1127")]
    public void A_vector_that_cannot_be_computed_is_refused(string pattern, string code)
    {
        var plans = SampleViews.Compile(
            SampleViews.Customer,
            SampleViews.Request.Replace("  against_terminal: amount - terminal.min_7d", "", StringComparison.Ordinal),
            "view: page\ninputs: clicks\nfeatures: { home: \"page = 'home'\" }",
            "view: texts\ninputs: transactions\nfeatures: { when: event_time }",
            "view: visitor\nentity: page\nsource: clicks\nfeatures: { visits: count() over 1d }");
        var problems = new ProblemList();

        var vector = FeatureVectorPlan.Compile(plans, Sample.Transactions, ["customer.*", pattern], new Dictionary<string, string>(), new ProblemLocation("models/m.yaml", 7), problems);

        Assert.Null(vector);
        Assert.Equal([(code, "models/m.yaml")], problems.Select(p => (p.Code, p.Where!.File!)));
    }
}
