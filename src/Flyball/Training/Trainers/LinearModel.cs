using System.Text.Json;
using Flyball.Training.Onnx;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Trainers;

/// <summary>A linear model as it is kept: every number is float32, sums are made in double.</summary>
/// <param name="Inputs">Names in order.</param>
/// <param name="Means">Of the inputs.</param>
/// <param name="Scales">Their deviations.</param>
/// <param name="Weights">Of the standardised inputs, one list a score.</param>
/// <param name="Missing">What a missing input adds, one list a score; 0 where training had none missing.</param>
/// <param name="Intercepts">One a score.</param>
/// <param name="Link">From the sum to the score.</param>
internal sealed record LinearModel(
    IReadOnlyList<string> Inputs, float[] Means, float[] Scales, float[][] Weights, float[][] Missing, float[] Intercepts, LinearLink Link)
{
    public static LinearModel Of(IReadOnlyList<string> names, LinearScaling scaling, double[] parameters, int outputs, LinearLink link)
    {
        var (weights, missing, intercepts) = (new float[outputs][], new float[outputs][], new float[outputs]);
        for (var o = 0; o < outputs; o++)
        {
            var own = parameters.AsSpan(o * (scaling.Width + 1), scaling.Width + 1);
            weights[o] = [.. own[..scaling.Inputs].ToArray().Select(w => (float)w)];
            missing[o] = new float[scaling.Inputs];
            for (var i = 0; i < scaling.Indicated.Length; i++)
            {
                missing[o][scaling.Indicated[i]] = (float)own[scaling.Inputs + i];
            }

            intercepts[o] = (float)own[^1];
        }

        return new LinearModel(names, scaling.Means, scaling.Scales, weights, missing, intercepts, link);
    }

    /// <summary>Scores of rows, row-major: what the package must give.</summary>
    public float[] Score(ReadOnlySpan<float> rows)
    {
        var (inputs, outputs) = (Inputs.Count, Intercepts.Length);
        var scores = new float[rows.Length / inputs * outputs];
        var sums = new double[outputs];
        for (var r = 0; r < rows.Length / inputs; r++)
        {
            var row = rows.Slice(r * inputs, inputs);
            for (var o = 0; o < outputs; o++)
            {
                sums[o] = Intercepts[o];
                for (var c = 0; c < inputs; c++)
                {
                    sums[o] += float.IsNaN(row[c]) ? Missing[o][c] : ((double)row[c] - Means[c]) / Scales[c] * Weights[o][c];
                }
            }

            Finish(sums, scores.AsSpan(r * outputs, outputs));
        }

        return scores;
    }

    /// <summary>Share of the standardised weights' absolute values, over all scores.</summary>
    public IReadOnlyDictionary<string, double> Importance()
    {
        double[] sizes = [.. Enumerable.Range(0, Inputs.Count).Select(c => Weights.Sum(w => (double)Math.Abs(w[c])) + Missing.Sum(m => (double)Math.Abs(m[c])))];
        var total = sizes.Sum();
        return Inputs.Index().ToDictionary(i => i.Item, i => total > 0 ? sizes[i.Index] / total : 0, StringComparer.Ordinal);
    }

    /// <summary>The same as operators: a missing input counts as the mean, indicators have weights of their own, and all sums are in double.</summary>
    public byte[] ToOnnx()
    {
        var (inputs, outputs) = (Inputs.Count, Intercepts.Length);
        using var builder = new OnnxModelBuilder("linear");
        builder.Input(XGBoostToOnnx.InputName, -1, inputs).Output(XGBoostToOnnx.OutputName, -1, outputs);
        builder.Metadata(XGBoostToOnnx.FeaturesKey, JsonSerializer.Serialize(Inputs));
        builder.Constant("means", Means, inputs);
        Double(builder, "scales", Scales, inputs);
        Double(builder, "weights", Transposed(Weights), inputs, outputs);
        Double(builder, "missing", Transposed(Missing), inputs, outputs);
        Double(builder, "intercepts", Intercepts, outputs);
        builder
            .Node("IsNaN", "", [XGBoostToOnnx.InputName], ["is_missing"])
            .Node("Where", "", ["is_missing", "means", XGBoostToOnnx.InputName], ["filled"])
            .Node("Cast", "", ["filled"], ["filled_double"], To(OnnxModelBuilder.DoubleType))
            .Node("Cast", "", ["means"], ["means_double"], To(OnnxModelBuilder.DoubleType))
            .Node("Sub", "", ["filled_double", "means_double"], ["centred"])
            .Node("Div", "", ["centred", "scales_double"], ["standardised"])
            .Node("MatMul", "", ["standardised", "weights_double"], ["weighted"])
            .Node("Cast", "", ["is_missing"], ["indicators"], To(OnnxModelBuilder.DoubleType))
            .Node("MatMul", "", ["indicators", "missing_double"], ["of_missing"])
            .Node("Add", "", ["weighted", "of_missing"], ["both"])
            .Node("Add", "", ["both", "intercepts_double"], ["sum"]);
        AddLink(builder);
        return builder.Build();
    }

    private static void Double(OnnxModelBuilder builder, string name, float[] values, params ReadOnlySpan<long> shape) =>
        builder.Constant(name, values, shape).Node("Cast", "", [name], [name + "_double"], To(OnnxModelBuilder.DoubleType));

    private static OnnxAttribute To(long type) => OnnxAttribute.Of("to", type);

    private static float[] Transposed(float[][] rows) => [.. Enumerable.Range(0, rows[0].Length).SelectMany(c => rows.Select(r => r[c]))];

    private void AddLink(OnnxModelBuilder builder)
    {
        switch (Link)
        {
            case LinearLink.Logistic:
                builder.Constant("one", [1f], 1)
                    .Node("Cast", "", ["one"], ["one_double"], To(OnnxModelBuilder.DoubleType))
                    .Node("Neg", "", ["sum"], ["negated"])
                    .Node("Exp", "", ["negated"], ["odds"])
                    .Node("Add", "", ["odds", "one_double"], ["denominator"])
                    .Node("Div", "", ["one_double", "denominator"], ["linked"]);
                break;
            case LinearLink.Log:
                builder.Node("Exp", "", ["sum"], ["linked"]);
                break;
            case LinearLink.Softmax:
                builder.Node("Softmax", "", ["sum"], ["linked"], OnnxAttribute.Of("axis", 1));
                break;
            default:
                builder.Node("Identity", "", ["sum"], ["linked"]);
                break;
        }

        builder.Node("Cast", "", ["linked"], [XGBoostToOnnx.OutputName], To(OnnxModelBuilder.FloatType));
    }

    private void Finish(double[] sums, Span<float> scores)
    {
        var most = sums.Max();
        var all = Link == LinearLink.Softmax ? sums.Sum(s => Math.Exp(s - most)) : 1;
        for (var o = 0; o < sums.Length; o++)
        {
            scores[o] = (float)(Link switch
            {
                LinearLink.Logistic => 1 / (1 + Math.Exp(-sums[o])),
                LinearLink.Log => Math.Exp(sums[o]),
                LinearLink.Softmax => Math.Exp(sums[o] - most) / all,
                _ => sums[o],
            });
        }
    }
}
