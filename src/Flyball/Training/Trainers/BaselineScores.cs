using Flyball.Engine.Expressions;
using Flyball.Training.Datasets;
using Flyball.Training.Splits;

namespace Flyball.Training.Trainers;

/// <summary>What the simplest model says of the test rows. One is made beside every trained model: what does not beat it is worth nothing.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Scores">One a row; of several classes the largest share.</param>
/// <param name="Probabilities">The shares of the classes in the training part, a row each; null unless there are several.</param>
internal sealed record BaselineScores(string Kind, double[] Scores, float[][]? Probabilities)
{
    /// <summary>Learns from the training part, and for seasons and last values from every label that was known at a row's instant.</summary>
    public static BaselineScores Of(ModelPlan model, TrainingSetBuilder builder, TrainingPart train, TrainingPart judged)
    {
        var kind = model.Definition.Baseline?.Kind ?? (model.Task.Baselines[0] == "seasonal-naive" ? "last-value" : model.Task.Baselines[0]);
        if (model.Task.HasSeveralOutputs)
        {
            var shares = new float[model.Labels.Classes.Count];
            foreach (var label in train.Labels)
            {
                shares[(int)label] += 1f / train.Rows;
            }

            return new BaselineScores(kind, [.. Enumerable.Repeat((double)shares.Max(), judged.Rows)], [.. Enumerable.Repeat(shares, judged.Rows)]);
        }

        var mean = train.Labels.Sum(l => (double)l) / train.Rows;
        return kind is "last-value" or "seasonal-naive"
            ? new BaselineScores(kind, Naive(model, builder, judged, kind == "seasonal-naive" ? model.Definition.Baseline!.SeasonMicros : 0, mean), null)
            : new BaselineScores(kind, [.. Enumerable.Repeat(mean, judged.Rows)], null);
    }

    /// <summary>The label of the same series a season before, else its last label before the row that was final by then, else the mean.</summary>
    private static double[] Naive(ModelPlan model, TrainingSetBuilder builder, TrainingPart judged, long season, double mean)
    {
        var column = model.Definition.Baseline?.Series is { } named ? model.Vector.Request.Schema.IndexOf(named) : -1;
        var series = builder.Labels(column).GroupBy(r => r.Group).ToDictionary(g => g.Key, g => g.OrderBy(r => r.At).ThenBy(r => r.Seq).ToArray());
        var rows = builder.Spine.ToDictionary(s => s.Stamp.Seq, s => column < 0 ? Value.Null : s.Row[column]);
        return [.. judged.Seq.Select((seq, i) => Of(series.GetValueOrDefault(rows[seq]) ?? [], judged.Instants[i].Micros))];

        double Of(SplitRow[] known, long at)
        {
            var until = season > 0 ? at - season : at - 1 - model.Definition.Label.WindowMicros;
            var (low, high) = (0, known.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = known[middle].At.Micros <= until ? (middle + 1, high) : (low, middle);
            }

            return low > 0 ? known[low - 1].Label : mean;
        }
    }
}
