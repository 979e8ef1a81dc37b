using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Serving.Streams;

/// <summary>The section <c>serve: stream:</c> of a model: each event of its source becomes a prediction of a stream.</summary>
/// <param name="Output">Name of the stream.</param>
public sealed record StreamDefinition(string Output)
{
    private const int LongestName = 63;

    internal static StreamDefinition? Read(YamlSection? section, ModelPlan model, ProblemList problems)
    {
        if (section is null)
        {
            return null;
        }

        section.Require("source", "output");
        var (source, output) = (section.Text("source"), section.Text("output"));
        if (source is not null && source != model.Definition.PredictOn)
        {
            problems.Add(new Problem("FLY5041", $"The events of {source} are no requests of the model, which predicts on {model.Definition.PredictOn}.", section.At("source"), $"Name {model.Definition.PredictOn}."));
        }

        if (output is not null && !IsName(output))
        {
            problems.Add(new Problem("FLY5041", $"The name of a stream is 1 to {LongestName} of a-z, 0-9, underscore and hyphen, with a letter first.", section.At("output"), "Name it as the model, such as fraud_scores."));
        }

        section.Finish();
        return output is null ? null : new StreamDefinition(output);
    }

    /// <summary>Streams of one name, in two models, would be mixed.</summary>
    public static void CheckNames(IEnumerable<(ModelPlan Model, ServeDefinition Serve)> models, ProblemList problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var same in models.Where(m => m.Serve.Stream is not null).GroupBy(m => m.Serve.Stream!.Output, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add(new Problem("FLY5041", $"The models {string.Join(" and ", same.Select(m => m.Model.Name))} write the same stream {same.Key}.", same.Last().Model.Definition.Where, "Give each its own output."));
        }
    }

    private static bool IsName(string name) =>
        name.Length <= LongestName && name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
