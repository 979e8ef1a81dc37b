using System.Collections.Frozen;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Training.Splits;
using Flyball.Training.Tasks;

namespace Flyball.Training.Trainers;

/// <summary>
/// Looks for better parameters, and trains with them; without a search it only trains.
/// <list type="number">
/// <item>The first attempt is the file's own parameters; every other draws each searched one from its range, by the seed and the attempt's number alone.</item>
/// <item>Attempts are made side by side and judged by the task's headline metric on the validation part; the test part is not looked at.</item>
/// <item>The best wins, the earlier one of equals. So the result does not depend on timing, unless the time budget ends: then attempts that were not begun are missing, and say so.</item>
/// </list>
/// Random search: Bergstra and Bengio 2012.
/// </summary>
internal sealed class HyperSearch(ITrainer trainer)
{
    public const string MemberName = "search.json";

    public TrainerOutput Train(TrainerInput input)
    {
        if (input.Definition.Search is not { } search)
        {
            return trainer.Train(input);
        }

        var trials = new SearchTrial?[search.Trials];
        var until = search.BudgetMicros > 0 ? TimeProvider.System.GetTimestamp() + (search.BudgetMicros * (TimeProvider.System.TimestampFrequency / 1_000_000.0)) : double.PositiveInfinity;
        Parallel.For(0, trials.Length, i =>
        {
            // The first is always made: a budget that is too short still gives a model.
            if (i == 0 || TimeProvider.System.GetTimestamp() < until)
            {
                trials[i] = Attempt(input, ParametersOf(input.Definition, search, i), i);
            }
        });
        SearchTrial[] made = [.. trials.OfType<SearchTrial>()];
        var best = made.Where(t => t.Score is not null).OrderBy(t => input.Task.HigherIsBetter ? -t.Score!.Value : t.Score!.Value).ThenBy(t => t.Trial).FirstOrDefault()
            ?? throw new FlyballException(new Problem("FLY3243", "No attempt of the search gave a model that could be judged.", Remedy: "Train without search to see why."));
        var output = trainer.Train(input with { Definition = With(input.Definition, best.Parameters) });
        var stopped = made.Length < trials.Length ? string.Create(CultureInfo.InvariantCulture, $", stopped by the budget of time after {made.Length} of {trials.Length}") : "";
        return output with
        {
            Trials = made,
            Detail = string.Create(CultureInfo.InvariantCulture, $"{output.Detail}; best of {made.Length} attempts by {input.Task.Headline} {best.Score:0.#####} on the validation part{stopped}"),
        };
    }

    private SearchTrial Attempt(TrainerInput input, FrozenDictionary<string, double> parameters, int trial)
    {
        try
        {
            var output = trainer.Train(input with { Definition = With(input.Definition, parameters), Test = input.Validation });
            var rows = ScoredRows.Of(output.Onnx, input.Labels, input.Validation);
            return new SearchTrial(trial, parameters, RunMetrics.Headline(rows));
        }
        catch (FlyballException)
        {
            // Parameters under which nothing can be learned are no reason to give up on the others.
            return new SearchTrial(trial, parameters, null);
        }
    }

    private static FrozenDictionary<string, double> ParametersOf(TrainerDefinition definition, SearchDefinition search, int trial) =>
        search.Ranges.OrderBy(r => r.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(
                r => r.Key,
                r => trial == 0 ? definition[r.Key] : r.Value.At(KeyHash.ShareOf(Engine.Expressions.Value.FromText(string.Create(CultureInfo.InvariantCulture, $"{r.Key}/{trial}")), definition.Seed)),
                StringComparer.Ordinal);

    private static TrainerDefinition With(TrainerDefinition definition, IReadOnlyDictionary<string, double> parameters) =>
        definition with { Search = null, Parameters = definition.Parameters.ToFrozenDictionary(p => p.Key, p => parameters.GetValueOrDefault(p.Key, p.Value), StringComparer.Ordinal) };
}
