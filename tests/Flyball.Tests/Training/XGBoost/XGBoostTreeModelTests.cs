using System.Text;
using System.Text.Json.Nodes;

using Flyball.Engine.Problems;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.XGBoost;

public sealed class XGBoostTreeModelTests
{
    [Fact]
    public void A_stump_is_read_as_written()
    {
        var model = Parse(Stump());

        Assert.Equal((XGBoostObjective.BinaryLogistic, 0.25f, 2), (model.Objective, model.BaseScore, model.FeatureCount));
        Assert.Equal(-MathF.Log(3f), model.BaseMargin);
        var tree = Assert.Single(model.Trees);
        Assert.Equal((1, 2, 1, 0.3f, true), (tree.Left[0], tree.Right[0], tree.Features[0], tree.Conditions[0], tree.DefaultLeft[0]));
    }

    [Theory]
    [InlineData(0.29f, -1.5f)]
    [InlineData(0.3f, 2.5f)]
    [InlineData(float.NaN, -1.5f)]
    public void A_row_goes_left_below_the_threshold_right_on_it_and_to_the_default_when_missing(float value, float leaf) =>
        Assert.Equal(-MathF.Log(3f) + leaf, Parse(Stump()).Margin([99f, value]));

    [Fact]
    public void A_base_score_in_brackets_and_flags_as_booleans_are_read_too()
    {
        var json = Stump();
        json["learner"]!["learner_model_param"]!["base_score"] = "[2.5E-1]";
        Tree(json)["default_left"] = new JsonArray(true, false, false);

        Assert.Equal(0.25f, Parse(json).BaseScore);
        Assert.True(Parse(json).Trees[0].DefaultLeft[0]);
    }

    public static TheoryData<string, string, string> Faults() => new()
    {
        { "FLY1171", "learner/gradient_booster/name", "\"dart\"" },
        { "FLY1171", "learner/gradient_booster/name", "\"gblinear\"" },
        { "FLY1171", "learner/objective/name", "\"survival:cox\"" },
        { "FLY1171", "learner/learner_model_param/num_target", "\"3\"" },

        // Classes and objective contradict each other.
        { "FLY1170", "learner/objective/name", "\"multi:softprob\"" },
        { "FLY1170", "learner/learner_model_param/num_class", "\"3\"" },
        { "FLY1171", "learner/gradient_booster/model/trees/0/split_type", "[1,0,0]" },
        { "FLY1170", "learner/learner_model_param/num_feature", "\"0\"" },
        { "FLY1170", "learner/learner_model_param/base_score", "\"1\"" },
        { "FLY1170", "learner/learner_model_param/base_score", "\"NaN\"" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/left_children", "[0,-1,-1]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/left_children", "[2,-1,-1]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/left_children", "[7,-1,-1]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/right_children", "[-1,-1,-1]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/left_children", "[]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/split_conditions", "[0.3,1]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/split_conditions", "[0.3,1,1e39]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/split_indices", "[2,0,0]" },
        { "FLY1170", "learner/gradient_booster/model/trees/0/split_indices", "[-1,0,0]" },
        { "FLY1170", "learner/gradient_booster/model/trees", "3" },
        { "FLY1170", "learner", "null" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_document_that_is_no_such_model_is_refused(string code, string path, string value)
    {
        var json = Stump();
        var steps = path.Split('/');
        JsonNode at = json;
        foreach (var step in steps[..^1])
        {
            at = step == "0" ? at[0]! : at[step]!;
        }

        at[steps[^1]] = JsonNode.Parse(value);
        Assert.Equal(code, Assert.Throws<FlyballException>(() => Parse(json)).Problem.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Bytes_that_are_no_document_are_refused(string text) =>
        Assert.Equal("FLY1170", Assert.Throws<FlyballException>(() => XGBoostTreeModel.Parse(Encoding.UTF8.GetBytes(text))).Problem.Code);

    private static XGBoostTreeModel Parse(JsonNode json) => XGBoostTreeModel.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static JsonNode Tree(JsonNode json) => json["learner"]!["gradient_booster"]!["model"]!["trees"]![0]!;

    private static JsonNode Stump() => JsonNode.Parse("""
        {"learner":{"feature_names":[],"gradient_booster":{"name":"gbtree","model":{"trees":[{
          "left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[1,0,0],"split_conditions":[3E-1,-1.5E0,2.5E0],
          "default_left":[1,0,0],"loss_changes":[7E0,0E0,0E0],"split_type":[0,0,0]}]}},
          "learner_model_param":{"base_score":"2.5E-1","num_class":"0","num_feature":"2"},
          "objective":{"name":"binary:logistic"}},"version":[1,7,4]}
        """)!;
}
