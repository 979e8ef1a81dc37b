using System.Collections.Frozen;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Trainers;

/// <summary>The section <c>search</c> of a trainer: ranges of its parameters, how often to try, and how long.</summary>
/// <param name="Trials">Attempts; the first is made with the parameters as written.</param>
/// <param name="BudgetMicros">After so long no further attempt is begun; 0 for no such limit.</param>
/// <param name="Ranges">By parameter.</param>
public sealed record SearchDefinition(int Trials, long BudgetMicros, IReadOnlyDictionary<string, SearchRange> Ranges)
{
    internal static SearchDefinition? Read(YamlSection section, ITrainer trainer)
    {
        var trials = section.Integer("trials") ?? 20;
        var budget = section.Duration("budget") ?? 0;
        var ranges = new Dictionary<string, SearchRange>(StringComparer.Ordinal);
        foreach (var parameter in trainer.Parameters.Where(p => section.Has(p.Name)))
        {
            var texts = section.Texts(parameter.Name);
            if (texts.Count is 2 or 3 && Number(texts[0]) is { } low && Number(texts[1]) is { } high && low < high && parameter.Takes(low) && parameter.Takes(high)
                && (texts.Count == 2 || (texts[2] == "log" && low > 0)))
            {
                ranges[parameter.Name] = new SearchRange(low, high, texts.Count == 3, parameter.IsWhole);
            }
            else
            {
                section.Problems.Add(new Problem("FLY1290", FormattableString.Invariant($"The range of {parameter.Name} cannot be searched."), section.At(parameter.Name), FormattableString.Invariant($"Write [least, greatest] or [least, greatest, log] within {parameter.Least} and {parameter.Most}.")));
            }
        }

        section.Finish();
        if (trials is < 2 or > 1000 || ranges.Count == 0)
        {
            section.Problems.Add(new Problem("FLY1290", ranges.Count == 0 ? "The search has no parameter to vary." : $"trials is {trials}.", section.At("trials"), "Try 2 to 1000 times, and name at least one parameter with its range."));
            return null;
        }

        return new SearchDefinition((int)trials, budget, ranges.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
