using Flyball.Training.Datasets;

namespace Flyball.Training.Evaluation;

/// <summary>The model that knows no feature: the mean label of the training part for every row, which in binary classification is the share of positives.</summary>
internal static class SimplestModel
{
    public static double?[] Scores(TrainingPart train, TrainingPart test)
    {
        var mean = train.Rows == 0 ? (double?)null : train.Labels.Average(l => (double)l);
        return [.. Enumerable.Repeat(mean, test.Rows)];
    }

    /// <summary>Mean absolute difference of one training label from the one before; null when there are fewer than two.</summary>
    public static double? NaiveScale(TrainingPart train) =>
        train.Rows < 2 ? null : Enumerable.Range(1, train.Rows - 1).Average(i => Math.Abs((double)train.Labels[i] - train.Labels[i - 1]));
}
