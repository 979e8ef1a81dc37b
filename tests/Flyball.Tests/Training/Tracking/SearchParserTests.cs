using Flyball.Engine.Problems;
using Flyball.Training.Tracking.Search;

namespace Flyball.Tests.Training.Tracking;

public sealed class SearchParserTests
{
    [Theory]
    [InlineData("metrics.auc > 0.5", SearchKind.Metric, "auc", SearchOperator.Greater)]
    [InlineData("metric.`a b/c` <= -1e-3", SearchKind.Metric, "a b/c", SearchOperator.LessOrEqual)]
    [InlineData("metrics.\"x y\" != 2", SearchKind.Metric, "x y", SearchOperator.NotEqual)]
    [InlineData("params.lr = '0.1'", SearchKind.Param, "lr", SearchOperator.Equal)]
    [InlineData("parameters.lr LIKE \"0.%\"", SearchKind.Param, "lr", SearchOperator.Like)]
    [InlineData("tags.mlflow.user ilike 'A_'", SearchKind.Tag, "mlflow.user", SearchOperator.ILike)]
    [InlineData("tag.`mlflow.prompt.is_prompt` != 'true'", SearchKind.Tag, "mlflow.prompt.is_prompt", SearchOperator.NotEqual)]
    [InlineData("status = 'FINISHED'", SearchKind.Attribute, "status", SearchOperator.Equal)]
    [InlineData("attributes.`Run Name` = 'x'", SearchKind.Attribute, "run_name", SearchOperator.Equal)]
    [InlineData("`run name` = 'x'", SearchKind.Attribute, "run_name", SearchOperator.Equal)]
    [InlineData("run.created >= 17", SearchKind.Attribute, "start_time", SearchOperator.GreaterOrEqual)]
    [InlineData("run_id NOT IN ('a', 'b')", SearchKind.Attribute, "run_id", SearchOperator.NotIn)]
    [InlineData("datasets.name IN ('a')", SearchKind.Dataset, "name", SearchOperator.In)]
    public void One_comparison_is_read(string filter, SearchKind kind, string key, SearchOperator by)
    {
        var one = Assert.Single(SearchParser.Filter(filter, SearchSchema.Runs));

        Assert.Equal((new SearchField(kind, key), by), (one.Field, one.Operator));
    }

    [Fact]
    public void Comparisons_are_joined_by_and_in_any_case_and_a_doubled_quote_is_one()
    {
        var all = SearchParser.Filter("metrics.a>1 and params.b='it''s' AND tags.c IN ('x', 'y')".Replace("tags.c IN ('x', 'y')", "tags.c = 'x AND y'"), SearchSchema.Runs);

        Assert.Equal(3, all.Count);
        Assert.Equal(["it's"], all[1].Texts);
        Assert.Equal(["x AND y"], all[2].Texts);
        Assert.Equal(1, all[0].Number);
        Assert.Empty(SearchParser.Filter("  ", SearchSchema.Runs));
    }

    [Theory]
    [InlineData("metrics.auc > '0.5'", 15)]
    [InlineData("metrics.auc > x", 15)]
    [InlineData("metrics.auc LIKE 'a'", 13)]
    [InlineData("params.a > 'x'", 10)]
    [InlineData("params.a = x", 12)]
    [InlineData("params.a = 5", 12)]
    [InlineData("params.a IN ('x')", 10)]
    [InlineData("status IN ('x')", 8)]
    [InlineData("status = 'x' OR status = 'y'", 14)]
    [InlineData("(status = 'x')", 1)]
    [InlineData("status = 'x' status = 'y'", 14)]
    [InlineData("status = 'x' AND", 17)]
    [InlineData("nothing = 'x'", 1)]
    [InlineData("model.x = 'y'", 1)]
    [InlineData("metrics. > 1", 1)]
    [InlineData("status == 'x'", 8)]
    [InlineData("status = 'x", 10)]
    [InlineData("tags.`a = 'x'", 6)]
    [InlineData("status = 'x'; DROP TABLE runs", 13)]
    [InlineData("dataset.owner = 'x'", 1)]
    [InlineData("run_id IN ()", 12)]
    [InlineData("run_id IN ('a'", 15)]
    [InlineData("metrics.a > 1e999", 13)]
    [InlineData("metrics.a > NaN", 13)]
    public void What_is_no_filter_is_refused_where_it_ends_to_be_one(string filter, int at)
    {
        var problem = Assert.Throws<FlyballException>(() => SearchParser.Filter(filter, SearchSchema.Runs)).Problem;

        Assert.Equal(("FLY3300", at), (problem.Code, problem.Where?.Column));
    }

    [Theory]
    [InlineData("metrics.auc DESC", SearchKind.Metric, "auc", true)]
    [InlineData("start_time", SearchKind.Attribute, "start_time", false)]
    [InlineData("attribute.Created asc", SearchKind.Attribute, "start_time", false)]
    [InlineData("tags.`a b` desc", SearchKind.Tag, "a b", true)]
    public void A_term_of_an_order_is_read(string term, SearchKind kind, string key, bool descending) =>
        Assert.Equal(new SearchOrder(new SearchField(kind, key), descending), Assert.Single(SearchParser.Order([term], SearchSchema.Runs)));

    [Theory]
    [InlineData("metrics.auc DOWN")]
    [InlineData("metrics.auc DESC, start_time")]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("dataset.name")]
    public void What_is_no_order_is_refused(string term) => Assert.Equal("FLY3300", Assert.Throws<FlyballException>(() => SearchParser.Order([term], SearchSchema.Runs)).Problem.Code);

    [Fact]
    public void A_name_stands_in_an_order_once()
    {
        var twice = Assert.Throws<FlyballException>(() => SearchParser.Order(["start_time DESC", "attributes.created"], SearchSchema.Runs));

        Assert.Contains("duplicate", twice.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_a_filter_or_is_refused()
    {
        string[] pieces = ["metrics.", "a", "`", "'", "\"", "(", ")", ",", "=", "!=", "<", "LIKE", "IN", "NOT", "AND", " ", "1", "-", ".", "é", "\0", "tags.x"];
        var draw = new Random(5);
        for (var i = 0; i < 3_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, draw.Next(1, 9)).Select(_ => pieces[draw.Next(pieces.Length)]));
            try
            {
                SearchParser.Filter(text, SearchSchema.Runs);
                SearchParser.Order([text], SearchSchema.Runs);
            }
            catch (FlyballException e) when (e.Problem.Code == "FLY3300")
            {
                Assert.InRange(e.Problem.Where!.Column!.Value, 1, text.Length + 1);
            }
        }
    }
}
