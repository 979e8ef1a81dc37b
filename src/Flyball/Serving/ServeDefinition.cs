using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>The section <c>serve:</c> of a model: what answers when the chosen version cannot.</summary>
/// <param name="PreviousVersion">Whether the champion before may answer.</param>
/// <param name="Rule">A score computed from the request alone; null when there is none.</param>
public sealed record ServeDefinition(bool PreviousVersion, RowPlan? Rule)
{
    public static ServeDefinition Default { get; } = new(true, null);

    public static ServeDefinition Read(ModelPlan model, ProblemList problems)
    {
        var section = model.Definition.Root.Section("serve");
        if (section is null)
        {
            return Default;
        }

        section.Duration("timeout");
        var previous = false;
        RowPlan? rule = null;
        foreach (var rung in section.Items("fallback"))
        {
            if (rung.Text is { } name)
            {
                previous |= name == "previous-version";
                if (name != "previous-version")
                {
                    problems.Add(new Problem("FLY1183", $"The fallback {name} is not known.", rung.Where, "Use previous-version or rule: and an expression."));
                }
            }
            else if (rung.Section is { } body)
            {
                body.Require("rule");
                var text = body.Text("rule");
                body.Finish();
                if (text is not null)
                {
                    var outcome = RowBinder.Bind(text, model.Vector.Request.Schema);
                    problems.Add(outcome.Problems.Select(p => p.In(body.At("rule"))));
                    rule = outcome.Plan;
                }
            }
        }

        section.Finish();
        return new ServeDefinition(previous, rule);
    }
}
