using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Registry.Judging;
using Flyball.Training.Outside;

namespace Flyball.Tests.Registry.Judging;

public sealed class ModelFileChoiceTests
{
    private const string Booster = """{"learner":{"gradient_booster":{"name":"gbtree"}},"version":[1,7,4]}""";

    [Theory]
    [InlineData("onnx", "model.onnx", OutsideKinds.Onnx)]
    [InlineData("xgboost", "model.xgb", OutsideKinds.XGBoost)]
    [InlineData("lightgbm", "model.lgb", OutsideKinds.LightGbm)]
    public void The_flavor_of_a_logged_model_names_its_file(string flavor, string data, string kind)
    {
        var described = MlModel.Parse("model/MLmodel", JudgeServer.Described(flavor, data, "a", "b"));

        Assert.Equal((kind, "model/" + data), Chosen(described, ("model/MLmodel", ""), ("model/" + data, "x"), ("model/other.onnx", "y")));
        Assert.Equal(["a", "b"], described.Columns!);
    }

    [Fact]
    public void Without_a_flavor_the_one_file_of_such_a_model_is_taken()
    {
        Assert.Equal((OutsideKinds.Onnx, "a.onnx"), Chosen(null, ("a.onnx", ""), ("model.pkl", "")));
        Assert.Equal((OutsideKinds.XGBoost, "m.json"), Chosen(null, ("input_example.json", """{"columns":["a"]}"""), ("m.json", Booster), ("broken.json", "{")));
        Assert.Equal((OutsideKinds.XGBoost, "m.ubj"), Chosen(MlModel.Parse("MLmodel", JudgeServer.Described("sklearn", "model.pkl")), ("m.ubj", ""), ("model.pkl", "")));
        Assert.Equal((OutsideKinds.LightGbm, "model.txt"), Chosen(null, ("model.txt", "tree\nversion=v3\n"), ("requirements.txt", "numpy\n")));
    }

    [Theory]
    [InlineData("model.pkl", "A pickle is never opened")]
    [InlineData("model.joblib", "A pickle is never opened")]
    [InlineData("notes.md", "None of its files")]
    [InlineData("a.onnx b.onnx", "several models: a.onnx, b.onnx")]
    [InlineData("a.onnx b.ubj", "several models: a.onnx, b.ubj")]
    [InlineData("", "has no files")]
    public void None_and_several_are_refused_by_name(string names, string words)
    {
        var refused = Refused(null, [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => (n, ""))]);

        Assert.Equal("FLY3391", refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_too_large_is_refused_before_it_is_read() => Assert.Contains("larger than 512 MB", Assert.Throws<FlyballException>(() => ModelFileChoice.Of(
        [new SealedFile("model.onnx", 1L << 40, Digest.Of("x"))], null, _ => throw new InvalidOperationException("It was read."))).Problem.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("../secret.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("missing.onnx")]
    public void A_flavor_that_names_something_else_than_a_sealed_file_is_refused(string data)
    {
        var refused = Refused(MlModel.Parse("model/MLmodel", JudgeServer.Described("onnx", data)), ("model/model.onnx", ""), ("secret.onnx", ""));

        Assert.Contains("not among the files", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_booster_of_scikit_learns_interface_that_is_a_pickle_is_not_opened() =>
        Assert.Contains("is a pickle", Refused(MlModel.Parse("MLmodel", JudgeServer.Described("lightgbm", "model.pkl")), ("model.pkl", "")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a: [")]
    [InlineData("- list")]
    [InlineData("")]
    public void A_description_that_is_no_mapping_is_refused(string text) =>
        Assert.Equal("FLY3391", Assert.Throws<FlyballException>(() => MlModel.Parse("MLmodel", Encoding.UTF8.GetBytes(text))).Problem.Code);

    [Theory]
    [InlineData("flavors: x")]
    [InlineData("flavors: { onnx: { data: [a] } }")]
    [InlineData("flavors: { onnx: 3 }\nsignature: { inputs: '[{\"type\":\"tensor\",\"tensor-spec\":{}}]' }")]
    [InlineData("signature: { inputs: 'not json' }")]
    [InlineData("signature: { inputs: [a] }")]
    [InlineData("signature: '5'")]
    public void What_is_not_understood_says_nothing(string text)
    {
        var read = MlModel.Parse("MLmodel", Encoding.UTF8.GetBytes(text));

        Assert.Empty(read.Data);
        Assert.Null(read.Columns);
    }

    private static (string, string) Chosen(MlModel? described, params (string Path, string Text)[] files)
    {
        var (kind, file) = ModelFileChoice.Of(Sealed(files), described, f => Encoding.UTF8.GetBytes(files.Single(o => o.Path == f.Path).Text));
        return (kind, file.Path);
    }

    private static Problem Refused(MlModel? described, params (string Path, string Text)[] files) =>
        Assert.Throws<FlyballException>(() => Chosen(described, files)).Problem;

    private static IReadOnlyList<SealedFile> Sealed((string Path, string Text)[] files) => [.. files.Select(f => new SealedFile(f.Path, f.Text.Length, Digest.Of(f.Text)))];
}
