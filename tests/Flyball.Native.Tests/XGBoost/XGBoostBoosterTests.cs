using System.Text;
using System.Text.Json;

using Flyball.Native.XGBoost;

namespace Flyball.Native.Tests.XGBoost;

public sealed class XGBoostBoosterTests
{
    private const int Rows = 400;
    private const int Columns = 5;

    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["objective"] = "binary:logistic",
        ["max_depth"] = "4",
        ["eta"] = "0.3",
        ["subsample"] = "0.8",
        ["colsample_bytree"] = "0.8",
        ["tree_method"] = "hist",
        ["seed"] = "7",
        ["nthread"] = "1",
    };

    [Fact]
    public void The_version_is_told() => Assert.Matches(@"^[1-9]\d*\.\d+\.\d+$", XGBoostBooster.LibraryVersion);

    [Fact]
    public void Training_twice_gives_the_same_bytes()
    {
        using var matrix = Matrix();
        using var first = Train(matrix, Parameters);
        using var second = Train(matrix, new(Parameters.Reverse()));
        Assert.Equal(first.Save(XGBoostFormat.Json), second.Save(XGBoostFormat.Json));

        using var other = Train(matrix, new(Parameters) { ["seed"] = "8" });
        Assert.NotEqual(first.Save(XGBoostFormat.Json), other.Save(XGBoostFormat.Json));
    }

    [Fact]
    public void Contributions_sum_to_the_margin()
    {
        using var matrix = Matrix();
        using var booster = Train(matrix, Parameters);
        var margins = booster.Predict(matrix, margin: true);
        var contributions = booster.PredictContributions(matrix);
        Assert.Equal(Rows, margins.Length);
        Assert.Equal(Rows * (Columns + 1), contributions.Length);
        for (var r = 0; r < Rows; r++)
        {
            var sum = contributions.AsSpan(r * (Columns + 1), Columns + 1).ToArray().Sum(c => (double)c);
            Assert.Equal(margins[r], sum, 1e-5);
        }
    }

    [Fact]
    public void Probabilities_are_the_margins_through_the_link()
    {
        using var matrix = Matrix();
        using var booster = Train(matrix, Parameters);
        var margins = booster.Predict(matrix, margin: true);
        Assert.All(booster.Predict(matrix).Zip(margins), p => Assert.Equal(1 / (1 + Math.Exp(-p.Second)), p.First, 1e-6));
    }

    [Theory]
    [InlineData(XGBoostFormat.Json)]
    [InlineData(XGBoostFormat.Ubj)]
    public void A_saved_model_predicts_the_same_bits(XGBoostFormat format)
    {
        using var matrix = Matrix();
        using var booster = Train(matrix, Parameters);
        using var loaded = XGBoostBooster.Load(booster.Save(format));
        Assert.Equal(booster.Predict(matrix), loaded.Predict(matrix));
        Assert.Equal(booster.Save(format), loaded.Save(format));
    }

    [Fact]
    public void Feature_names_are_saved_and_others_are_refused()
    {
        string[] names = ["a", "b", "c", "d", "e"];
        using var matrix = Matrix();
        matrix.SetFeatureNames(names);
        using var booster = Train(matrix, Parameters);
        var bytes = booster.Save(XGBoostFormat.Json);
        using var document = JsonDocument.Parse(bytes);
        Assert.Equal(names, document.RootElement.GetProperty("learner").GetProperty("feature_names").EnumerateArray().Select(n => n.GetString()));
        using var loaded = XGBoostBooster.Load(bytes);
        Assert.Equal(names, loaded.FeatureNames);

        using var swapped = Matrix();
        swapped.SetFeatureNames(["a", "c", "b", "d", "e"]);
        var error = Assert.Throws<XGBoostException>(() => loaded.Predict(swapped));
        Assert.Equal("The matrix does not have the model's columns: c stands where b should.", error.Message);
    }

    /// <summary>
    /// One split of squared loss with no shrinkage and lambda 1: with a base score of 0 the gradient is minus the label and the hessian 1,
    /// so a leaf of n rows with labels summing to s weighs s / (n + 1).
    /// </summary>
    [Fact]
    public void A_stump_has_the_weights_computed_by_hand()
    {
        using var matrix = XGBoostMatrix.FromDense([1, 2, 10, 11, 12], 5, 1);
        matrix.SetLabels([0, 1, 10, 10, 10]);
        Dictionary<string, string> stump = new()
        {
            ["objective"] = "reg:squarederror",
            ["base_score"] = "0",
            ["eta"] = "1",
            ["lambda"] = "1",
            ["max_depth"] = "1",
            ["min_child_weight"] = "1",
            ["tree_method"] = "exact",
            ["nthread"] = "1",
        };
        using var booster = XGBoostBooster.Create(stump, matrix);
        booster.Update(0, matrix);
        const float Low = 1f / 3;
        const float High = 30f / 4;
        Assert.Equal([Low, Low, High, High, High], booster.Predict(matrix));
        var evaluation = booster.Evaluate(0, ("train", matrix));
        var rmse = Math.Sqrt(((Low * Low) + ((1 - Low) * (1 - Low)) + (3 * 2.5 * 2.5)) / 5);
        Assert.Equal($"[0]\ttrain-rmse:{rmse:F5}", evaluation[..(evaluation.IndexOf('.', StringComparison.Ordinal) + 6)]);
    }

    [Fact]
    public void Weights_count_rows()
    {
        using var twice = XGBoostMatrix.FromDense([1, 1, 2], 3, 1);
        twice.SetLabels([0, 0, 4]);
        using var weighted = XGBoostMatrix.FromDense([1, 2], 2, 1);
        weighted.SetLabels([0, 4]);
        weighted.SetWeights([2, 1]);
        Dictionary<string, string> parameters = new() { ["base_score"] = "1", ["max_depth"] = "1", ["tree_method"] = "exact", ["nthread"] = "1" };
        using var a = Train(twice, parameters);
        using var b = Train(weighted, parameters);
        Assert.Equal(a.Predict(weighted), b.Predict(weighted));
    }

    [Fact]
    public void Missing_values_are_NaN_or_what_is_said()
    {
        using var nan = XGBoostMatrix.FromDense([1, float.NaN, 3, 4], 4, 1);
        using var coded = XGBoostMatrix.FromDense([1, -9, 3, 4], 4, 1, missing: -9);
        nan.SetLabels([0, 1, 1, 0]);
        using var booster = Train(nan, new() { ["nthread"] = "1" });
        Assert.Equal(booster.Predict(nan), booster.Predict(coded));
    }

    [Fact]
    public void Refusals_carry_a_message()
    {
        Assert.Throws<ArgumentException>(() => XGBoostMatrix.FromDense([1, 2, 3], 2, 2));
        Assert.Throws<XGBoostException>(() => XGBoostBooster.Load([]));
        Assert.Throws<XGBoostException>(() => XGBoostBooster.Load(Encoding.UTF8.GetBytes("""{"learner": 1}""")));
        using var matrix = Matrix();
        Assert.Throws<XGBoostException>(() => matrix.SetLabels([1]));
        Assert.Throws<XGBoostException>(() => matrix.SetFeatureNames(["one"]));
        var error = Assert.Throws<XGBoostException>(() => Train(matrix, new() { ["objective"] = "no:such" }).Dispose());
        Assert.Contains("no:such", error.Message, StringComparison.Ordinal);
        using var booster = Train(matrix, Parameters);
        using var wide = XGBoostMatrix.FromDense(new float[Columns + 1], 1, Columns + 1);
        Assert.Throws<XGBoostException>(() => booster.Predict(wide));
    }

    private static XGBoostMatrix Matrix()
    {
        // A small fixed generator: the rows must be the same on every machine.
        var state = 12345u;
        var values = new float[Rows * Columns];
        var labels = new float[Rows];
        for (var i = 0; i < values.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            values[i] = (state >> 8) / 16777216f;
        }

        for (var r = 0; r < Rows; r++)
        {
            labels[r] = values[r * Columns] + (0.5f * values[(r * Columns) + 1]) > 0.8f ? 1 : 0;
        }

        var matrix = XGBoostMatrix.FromDense(values, Rows, Columns);
        matrix.SetLabels(labels);
        return matrix;
    }

    private static XGBoostBooster Train(XGBoostMatrix matrix, Dictionary<string, string> parameters)
    {
        var booster = XGBoostBooster.Create(parameters, matrix);
        try
        {
            for (var round = 0; round < 20; round++)
            {
                booster.Update(round, matrix);
            }

            return booster;
        }
        catch
        {
            booster.Dispose();
            throw;
        }
    }
}
