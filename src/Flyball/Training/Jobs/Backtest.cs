using System.Globalization;
using Flyball.Engine.Time;
using Flyball.Training.Datasets;
using Flyball.Training.Splits;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>
/// Judges a model from several origins (rolling-origin evaluation, Tashman 2000).
/// <list type="number">
/// <item>Each origin lies one test part before the one after it; the split keeps its lengths.</item>
/// <item>A model is trained on what came before the origin, with the parameters of the file, and thrown away.</item>
/// <item>It is judged on the origin's test part, beside the baseline.</item>
/// </list>
/// Cost: one training an origin.
/// </summary>
internal sealed class Backtest(ModelPlan model, TrainingSetBuilder builder, TrainerPlace place)
{
    public (IReadOnlyList<BacktestSummary> Made, string Detail) Run(TimeRange test, KnownAt asOf)
    {
        var made = new List<BacktestSummary>();
        var length = test.Until.Micros - test.From.Micros;
        var split = model.Definition.Split.ToTimeSplit(model.Definition.Label);
        var trainer = TrainerCatalog.Named(model.Definition.Trainer.Kind)!;
        for (var origin = 1; origin <= model.Definition.Split.Origins; origin++)
        {
            var set = builder.Build(split.Plan(new KnownAt(asOf.Micros - (origin * length))));
            if (SplitAudit.Judge(model, set).Count > 0)
            {
                break;
            }

            var output = trainer.Train(new TrainerInput(model.Definition.Trainer with { Search = null }, model.Labels, set.Encoder.InputNames, set.Train, set.Validation, set.Test)
            {
                Place = place,
            });
            var scored = ScoredRows.Of(output.Onnx, model.Labels, set.Test) with { NaiveScale = RunMetrics.NaiveScale(set.Train) };
            var baseline = BaselineScores.Of(model, builder, set.Train, set.Test);
            made.Add(new BacktestSummary(
                set.Test.Interval!.Value.From.ToString(),
                set.Test.Interval.Value.Until.ToString(),
                set.Test.Rows,
                RunMetrics.Of(scored),
                RunMetrics.Of(scored with { Scores = baseline.Scores, Probabilities = baseline.Probabilities })));
        }

        var (name, better) = (model.Task.Headline, made.Count(m => IsBetter(m)));
        return (made, string.Create(CultureInfo.InvariantCulture, $"{made.Count} of {model.Definition.Split.Origins} origins have rows enough; {name} better than the baseline in {better}"));
    }

    private bool IsBetter(BacktestSummary one) =>
        one.Metrics.TryGetValue(model.Task.Headline, out var own) && (!one.Baseline.TryGetValue(model.Task.Headline, out var simple) || (model.Task.HigherIsBetter ? own > simple : own < simple));
}
