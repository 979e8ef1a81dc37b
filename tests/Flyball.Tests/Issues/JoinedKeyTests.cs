using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Tests.Contracts;
using Flyball.Tests.Features;

namespace Flyball.Tests.Issues;

/// <summary>Keys of two types never meet: the features of every request were those of an entity without events, and nothing said so.</summary>
public sealed class JoinedKeyTests
{
    [Fact]
    public void A_request_column_of_another_type_than_the_entity_is_refused()
    {
        var plans = SampleViews.Compile(SampleViews.Customer);
        var problems = new ProblemList();

        var vector = FeatureVectorPlan.Compile(
            plans, Sample.Transactions, ["customer.*"], new Dictionary<string, string> { ["customer_id"] = "amount" }, new ProblemLocation("models/m.yaml"), problems);

        Assert.Null(vector);
        Assert.All(problems, p => Assert.Equal("FLY1128", p.Code));
        Assert.NotEmpty(problems);
    }
}
