using System.Globalization;
using System.Text.Json;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Makes the tensors of an answer from its records.</summary>
internal static class AnswerTensors
{
    public static OutputTensor Of(TrafficPlan plan, InferenceModel model, OutputField field, IReadOnlyList<PredictionRecord> records)
    {
        var tensor = new OutputTensor(field, records.Count);
        return field.Name switch
        {
            InferenceModel.Prediction when field.Type == TensorType.Fp64 => tensor with { Reals = [.. records.Select(r => r.Score)] },
            InferenceModel.Prediction => tensor with { Texts = [.. records.Select(r => AnsweredClass.Of(plan, r)?.Name ?? r.Score.ToString("R", CultureInfo.InvariantCulture))] },
            InferenceModel.Probabilities => tensor with { Reals = Probabilities(plan, model, records), Classes = JsonSerializer.Serialize(model.Classes) },
            InferenceModel.Decision => tensor with { Texts = [.. records.Select(r => r.Decision ?? "")] },
            InferenceModel.Rung => tensor with { Texts = [.. records.Select(RungNames.Of)] },
            InferenceModel.Version => tensor with { Wholes = [.. records.Select(r => (long)r.Version)] },
            _ => tensor with { Texts = [.. records.Select(r => r.RequestId)] },
        };
    }

    /// <summary>By the classes of the model's metadata: a version that answered may have others, and a rule has none.</summary>
    private static double[] Probabilities(TrafficPlan plan, InferenceModel model, IReadOnlyList<PredictionRecord> records)
    {
        var width = model.Classes.Count;
        var values = new double[records.Count * width];
        for (var r = 0; r < records.Count; r++)
        {
            if (AnsweredClass.Of(plan, records[r]) is not { } answered)
            {
                continue;
            }

            for (var k = 0; k < width; k++)
            {
                values[(r * width) + k] = answered.ProbabilityOf(model.Classes[k]);
            }
        }

        return values;
    }
}
