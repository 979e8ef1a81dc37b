using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.Tasks;

namespace Flyball.Training.Trainers;

/// <summary>The simplest model that is judged beside the trained one: <c>baseline: { kind: seasonal-naive, season: 7d, series: hr }</c>.</summary>
/// <param name="Kind"><c>prior</c>, <c>mean</c>, <c>last-value</c> or <c>seasonal-naive</c>.</param>
/// <param name="SeasonMicros">Of <c>seasonal-naive</c>: how far back the row is whose label is taken.</param>
/// <param name="Series">The request's column that tells series apart; null for one series.</param>
public sealed record BaselineDefinition(string Kind, long SeasonMicros, string? Series)
{
    internal static BaselineDefinition? Read(YamlSection? section, ModelTask task)
    {
        if (section is null)
        {
            return null;
        }

        var kind = section.Text("kind") ?? task.Baselines[0];
        var season = section.Duration("season") ?? 0;
        var series = section.Text("series");
        section.Finish();
        if (!task.Baselines.Contains(kind, StringComparer.Ordinal))
        {
            section.Problems.Add(new Problem("FLY1292", $"The baseline {kind} does not fit the task {task}.", section.At("kind"), $"Use one of {string.Join(", ", task.Baselines)}."));
            return null;
        }

        if (kind == "seasonal-naive" && season <= 0)
        {
            section.Problems.Add(new Problem("FLY1292", "A seasonal baseline needs the length of a season.", section.At("season"), "Write it as a duration, such as season: 7d."));
            return null;
        }

        return new BaselineDefinition(kind, season, series);
    }
}
