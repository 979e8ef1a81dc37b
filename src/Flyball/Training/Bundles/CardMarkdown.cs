using System.Globalization;
using System.Text;
using Flyball.Training.Evaluation;

namespace Flyball.Training.Bundles;

/// <summary><c>model-card.md</c>: the model card (Mitchell et al. 2019) for people, with what the run measured.</summary>
internal static class CardMarkdown
{
    public static byte[] Of(CardFacts facts)
    {
        var text = new StringBuilder();
        Line(text, $"# {Plain(facts.Manifest.Model)}");
        Line(text, facts.Purpose is { } purpose ? Plain(purpose) : "The model file states no purpose.");
        Line(text, $"- Task: {facts.Manifest.Task}\n- Owner: {Plain(facts.Definition.Owner ?? "not stated")}\n- Risk: {facts.Definition.Risk}\n- Run: `{facts.Manifest.RunId}`\n- Model: ONNX, SHA-256 `{facts.ModelDigest}`");
        if (facts.Manifest.Outside is { } outside)
        {
            Line(text, $"The model was made outside and judged here: {Plain(outside.Path)}, {outside.Kind}, SHA-256 `{outside.Sha256}`.");
        }

        Data(text, facts);
        Metrics(text, facts.Report);
        Slices(text, facts.Report);
        Decisions(text, facts.Manifest);
        Bullets(text, "Gates", facts.Manifest.Gates.Select(Code), "The model file states no gates.", "Each was decided when the version was registered, against the champion of that moment; the registry keeps what they found.");
        Bullets(text, "Model tests", facts.Report.Tests.Select(t => $"{(t.Ok ? "passed" : "**failed**")}: {Plain(t.Test)}, {Plain(t.Detail)}"), "None.");
        var card = facts.Definition.Card;
        Bullets(text, "Users", card.Users.Select(Plain), "Not stated.");
        Bullets(text, "Uses", card.UseCases.Select(Plain), "Not stated.");
        Bullets(text, "Limits", card.Limitations.Concat(facts.MeasuredLimits).Select(Plain), "None stated, and none found on the test rows.");
        Bullets(text, "Trade-offs", card.Tradeoffs.Select(Plain), "Not stated.");
        Bullets(text, "Risks and considerations", card.Risks.Select(r => r.Mitigation is { } mitigation ? $"{Plain(r.Name)}: {Plain(mitigation)}" : Plain(r.Name)), "Not stated.");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Data(StringBuilder text, CardFacts facts)
    {
        Line(text, "## Data");
        Table(text, ["table", "up to position", "SHA-256 of its manifest"], facts.Tables.Select(t => (string[])[Plain(t.Table), t.Horizon.ToString(CultureInfo.InvariantCulture), Code(t.Digest)]));
        Table(
            text,
            ["part", "from", "to", "rows", "positive"],
            facts.Parts.Select(p => (string[])[p.Part, p.From, p.To, p.Rows.ToString(CultureInfo.InvariantCulture), p.Positives.ToString(CultureInfo.InvariantCulture)]));
        Line(text, $"{facts.Manifest.Features.Count.ToString(CultureInfo.InvariantCulture)} features; `{BundleMembers.FeatureLock}` holds each as it was, `{BundleMembers.Signature}` the fields of a request.");
    }

    private static void Metrics(StringBuilder text, EvaluationReport report)
    {
        Line(text, "## Metrics");
        Line(text, string.Create(CultureInfo.InvariantCulture, $"On {report.Rows} test rows; intervals of {report.Confidence:P0} from {report.Replicates} replicates ({Plain(report.Resampling)})."));
        Table(
            text,
            ["metric", "value", "lower", "upper", "simplest model"],
            report.Metrics.Select(m => (string[])[m.Metric, m.Value is null ? Plain(m.Insufficient ?? "not measured") : Figure(m.Value), Figure(m.Lower), Figure(m.Upper), Figure(m.Baseline)]));
    }

    private static void Slices(StringBuilder text, EvaluationReport report)
    {
        Line(text, "## Slices");
        if (report.Slices.Count == 0)
        {
            Line(text, "No request column has few enough values to cut by.");
            return;
        }

        Table(
            text,
            ["slice", "rows", "value", "lower", "upper", "other rows"],
            report.Slices.Select(s => (string[])[Plain(s.Slice), s.Rows.ToString(CultureInfo.InvariantCulture), s.Insufficient is { } why ? Plain(why) : Figure(s.Value), Figure(s.Lower), Figure(s.Upper), Figure(s.Rest)]));
    }

    private static void Decisions(StringBuilder text, ModelManifest manifest) =>
        Bullets(
            text,
            "Decisions",
            manifest.Decide.Select(d => $"{Plain(d.Decision)}: {Code(d.When)}"),
            "None: the score is the answer.",
            manifest.Calibrated.Name switch
            {
                ScoreCalibration.IsotonicName => "Scores are calibrated by isotonic regression on the validation rows.",
                ScoreCalibration.SigmoidName => "Scores are calibrated by logistic regression of their log-odds on the validation rows.",
                ScoreCalibration.TemperatureName => "Scores are calibrated by one temperature, fitted on the validation rows.",
                _ => "Scores are not calibrated.",
            });

    private static void Bullets(StringBuilder text, string title, IEnumerable<string> items, string none, string? more = null)
    {
        Line(text, $"## {title}");
        var lines = items.Select(i => $"- {i}").ToList();
        Line(text, lines.Count == 0 ? none : string.Join('\n', lines));
        if (more is not null && lines.Count > 0)
        {
            Line(text, more);
        }
    }

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows) =>
        Line(text, string.Join('\n', rows.Prepend([.. head.Select(_ => "---")]).Prepend(head).Select(r => $"| {string.Join(" | ", r)} |")));

    private static void Line(StringBuilder text, string line) => text.Append(line).Append("\n\n");

    private static string Figure(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A text that somebody wrote, as text: no markup, no table, one line.</summary>
    private static string Plain(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => c is '|' or '<' or '>' or '`' or '*' or '[' or ']' or '\\' or '#' ? $"\\{c}" : c.ToString()));

    private static string Code(string text) => $"`{text.ReplaceLineEndings(" ").Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal)}`";
}
