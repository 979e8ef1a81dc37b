using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.LightGbm;
using Flyball.Training.Outside;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.Outside;

/// <summary>Texts in LightGBM's form, with scores worked out by hand from its rules.</summary>
public sealed class LightGbmTests(OutsideInput given) : IClassFixture<OutsideInput>
{
    /// <summary>First: missing goes left by default. Second: 0 stands for what is missing, and 0 &lt;= -1 is false. Third: a leaf alone.</summary>
    private const string Trees = """
        Tree=0
        num_leaves=3
        num_cat=0
        split_feature=0 1
        split_gain=1 1
        threshold=0.5 3.0000000000000004
        decision_type=10 8
        left_child=1 -1
        right_child=-3 -2
        leaf_value=0.25 -0.5 1
        is_linear=0
        shrinkage=1

        Tree=1
        num_leaves=2
        num_cat=0
        split_feature=2
        split_gain=1
        threshold=-1
        decision_type=2
        left_child=-1
        right_child=-2
        leaf_value=2 -0.125
        is_linear=0
        shrinkage=0.1

        Tree=2
        num_leaves=1
        num_cat=0
        leaf_value=0.0625
        is_linear=0
        shrinkage=0.1


        end of trees

        feature_importances:
        x=3
        """;

    private const string Names = "feature_names=person.x person.n person.big";

    [Theory]
    [InlineData(0.5f, 3f, 0f, 0.25 - 0.125 + 0.0625)]
    [InlineData(0.5f, 4f, 0f, -0.5 - 0.125 + 0.0625)]
    [InlineData(0.50000006f, 3f, 0f, 1 - 0.125 + 0.0625)]
    [InlineData(float.NaN, 3f, float.NaN, 0.25 - 0.125 + 0.0625)]
    [InlineData(float.NaN, float.NaN, -1f, -0.5 + 2 + 0.0625)]
    [InlineData(9f, 0f, -2f, 1 + 2 + 0.0625)]
    public void Scores_are_those_of_the_rules_by_hand_and_of_the_package(float x, float n, float big, double sum)
    {
        foreach (var (objective, expected) in ((string, double)[])[("regression", sum), ("binary sigmoid:1", 1 / (1 + Math.Exp(-sum))), ("binary sigmoid:0.5", 1 / (1 + Math.Exp(-0.5 * sum)))])
        {
            var model = LightGbmText.Parse(Text(objective));
            Assert.Equal(expected, model.Score([x, n, big]), 12);
            using var session = OnnxSession.Load(XGBoostToOnnx.Convert(model.ToTrees(), model.FeatureNames));
            using var binding = session.Bind(1);
            ((float[])[x, n, big]).CopyTo(binding.Input);
            binding.Run(1);
            Assert.True(Math.Abs(expected - binding.Output[0]) < 2e-7 * Math.Max(1, Math.Abs(expected)), $"{expected} {binding.Output[0]}");
        }
    }

    [Fact]
    public void A_text_is_judged_like_a_booster_and_its_names_count()
    {
        var file = Text("binary sigmoid:1");
        var output = new OutsideTrainer(Of(file), file).Train(given.Input);
        Assert.True(output.PackagingDifference < 1e-6, $"{output.PackagingDifference}");
        Assert.Equal(file, output.Members["lightgbm.txt"]);

        var bare = Text("binary sigmoid:1", "feature_names=Column_0 Column_1 Column_2");
        Assert.Equal(3, LightGbmText.Parse(bare).FeatureCount);
        Assert.NotEmpty(new OutsideTrainer(Of(bare), bare).Train(given.Input).Onnx);
        var moved = Text("binary sigmoid:1", "feature_names=n x big");
        Assert.Equal("FLY3392", Refused(moved).Code);
        Assert.Equal("FLY3393", Refused(Text("regression")).Code);
    }

    [Theory]
    [InlineData("tree\n", "leaf\n", "does not begin")]
    [InlineData("end of trees", "end", "breaks off")]
    [InlineData("num_class=1", "num_class=3", "several scores")]
    [InlineData("num_cat=0\nsplit_feature=2", "num_cat=1\nsplit_feature=2", "categories")]
    [InlineData("decision_type=2\n", "decision_type=1\n", "categories")]
    [InlineData("decision_type=2\n", "decision_type=6\n", "takes 0 for a missing value")]
    [InlineData("is_linear=0\nshrinkage=1\n", "is_linear=1\nshrinkage=1\n", "linear leaves")]
    [InlineData("label_index=0", "average_output", "averages its trees")]
    [InlineData("left_child=1 -1", "left_child=0 -1", "no tree")]
    [InlineData("left_child=1 -1", "left_child=1 -9", "no tree")]
    [InlineData("split_feature=2", "split_feature=7", "does not exist")]
    [InlineData("leaf_value=2 -0.125", "leaf_value=2", "different lengths")]
    [InlineData("threshold=-1", "threshold=nan", "a number that is none")]
    [InlineData("binary sigmoid:1", "lambdarank", "objective 'lambdarank'")]
    [InlineData("binary sigmoid:1", "regression sqrt", "objective 'regression sqrt'")]
    public void What_is_not_converted_is_refused_by_name(string old, string text, string words)
    {
        var whole = Encoding.UTF8.GetString(Text("binary sigmoid:1"));
        Assert.Contains(old, whole, StringComparison.Ordinal);

        var refused = Assert.Throws<FlyballException>(() => LightGbmText.Parse(Encoding.UTF8.GetBytes(whole.Replace(old, text, StringComparison.Ordinal)))).Problem;

        Assert.Equal("FLY3394", refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private Problem Refused(byte[] file) => Assert.Throws<FlyballException>(() => new OutsideTrainer(Of(file), file).Train(given.Input)).Problem;

    private static OutsideModel Of(byte[] file) => new(OutsideKinds.LightGbm, "model.txt", Digest.Of(file).Hex, null);

    private static byte[] Text(string objective, string names = Names) => Encoding.UTF8.GetBytes(
        $"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=2\nobjective={objective}\n{names}\nfeature_infos=[0:1] [1:8] [0:1]\ntree_sizes=1 1 1\n\n{Trees}\n");
}
