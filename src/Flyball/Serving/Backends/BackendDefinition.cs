using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Serving.Backends;

/// <summary>The section <c>backend:</c> of a model: what answers for it while it has no trained version.</summary>
/// <param name="Rule">An expression over the request's fields; null for a remote model.</param>
/// <param name="Remote">A model on another server; null for a rule.</param>
public sealed record BackendDefinition(RowPlan? Rule, RemoteTerms? Remote)
{
    private const string Section = "backend";
    private const long UsualTimeout = 50_000;
    private const long LongestTimeout = 60_000_000;

    private static readonly ConditionalWeakTable<ModelPlan, Found> Known = [];

    /// <summary>What was declared, in a form that does not depend on how it was written: kind, terms, features and decisions.</summary>
    public required JsonObject Canonical { get; init; }

    /// <summary>Names the declaration in every answer, as the digest of a bundle names a trained version.</summary>
    public Digest Digest => CanonicalJson.Digest(Canonical);

    /// <summary>Of a project that was checked when it was applied. Read once a plan.</summary>
    public static BackendDefinition? Of(ModelPlan model) => Known.GetValue(model, static m => new Found(Read(m, []))).Backend;

    /// <summary>Null when the model file has no such section, or a problem was found in it.</summary>
    public static BackendDefinition? Read(ModelPlan model, ProblemList problems)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(problems);
        if (model.Definition.Root.Section(Section) is not { } section)
        {
            return null;
        }

        var before = problems.Count;
        var rule = section.Has("rule") ? ReadRule(section, model, problems) : null;
        var remote = section.Section("remote") is { } body ? ReadRemote(body, model, problems) : null;
        if (section.Has("rule") == section.Has("remote"))
        {
            problems.Add(new Problem("FLY3910", "A backend is either a rule or a remote model.", section.Where, "Write rule: and an expression, or remote: with url and model."));
        }

        if (model.Task.HasSeveralOutputs)
        {
            problems.Add(new Problem("FLY3911", "A backend gives one score, and the task asks for one of each class.", model.Definition.Root.At(Section), "Train a model for this task, or judge one that was made elsewhere."));
        }

        section.Finish();
        return problems.Count > before || (rule is null && remote is null) ? null : new BackendDefinition(rule, remote) { Canonical = Canonicalise(model, rule, remote) };
    }

    private static RowPlan? ReadRule(YamlSection section, ModelPlan model, ProblemList problems)
    {
        if (section.Text("rule") is not { } text)
        {
            return null;
        }

        var outcome = RowBinder.Bind(text, model.Vector.Request.Schema);
        problems.Add(outcome.Problems.Select(p => p.In(section.At("rule"))));
        if (outcome.Plan is { Type: not (ScalarType.Number or ScalarType.Integer) } other)
        {
            problems.Add(new Problem("FLY3910", $"The rule gives {other.Type}, and a score is a number.", section.At("rule"), "Write if(condition, 1, 0) for a condition."));
        }

        return outcome.Plan;
    }

    private static RemoteTerms? ReadRemote(YamlSection body, ModelPlan model, ProblemList problems)
    {
        body.Require("url", "model");
        var (text, name, version) = (body.Text("url"), body.Text("model"), body.Text("version"));
        var timeout = body.Duration("timeout") ?? UsualTimeout;
        var (input, output) = (body.Text("input") ?? "input", body.Text("output"));
        body.Finish();
        if (timeout is <= 0 or > LongestTimeout)
        {
            problems.Add(new Problem("FLY3912", "The timeout of a remote model is not between nothing and a minute.", body.At("timeout"), "Give a duration such as 20ms."));
        }

        var url = text is not null ? ReadUrl(text, body.At("url"), problems) : null;
        if (model.Vector.Columns.FirstOrDefault(c => c.Type == ScalarType.Text || model.Encodings.Any(e => e.Feature == c.Name)) is { } category)
        {
            problems.Add(new Problem(
                "FLY3911", $"A remote model is sent numbers, and the feature {category.Name} is a category.", model.Definition.Root.At("features"), "Leave it out, or make numbers of it in a feature of its own."));
        }

        return url is null || name is null ? null : new RemoteTerms(url, name, version, timeout, input, output);
    }

    /// <summary>Requests go to this address and to no other: neither redirects nor proxies are followed.</summary>
    private static Uri? ReadUrl(string text, ProblemLocation where, ProblemList problems)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url is { UserInfo: "", Query: "", Fragment: "" })
        {
            return url;
        }

        problems.Add(new Problem("FLY3912", "The url of a remote model is no plain address of http or https.", where, "Write it as http://host:port, without user, query and fragment."));
        return null;
    }

    private static JsonObject Canonicalise(ModelPlan model, RowPlan? rule, RemoteTerms? remote) => new()
    {
        ["model"] = model.Name,
        ["contract"] = model.Vector.Request.Digest.Hex,
        ["features"] = model.Vector.Digest.Hex,
        ["decide"] = new JsonArray([.. model.Definition.Decide.Select(d => (JsonNode)$"{d.Decision}: {d.When}")]),
        ["rule"] = rule?.Canonical,
        ["remote"] = remote is null ? null : new JsonObject
        {
            ["url"] = remote.Url.AbsoluteUri,
            ["model"] = remote.Model,
            ["version"] = remote.Version,
            ["timeout_micros"] = remote.TimeoutMicros.ToString(CultureInfo.InvariantCulture),
            ["input"] = remote.Input,
            ["output"] = remote.Output,
        },
    };

    private sealed record Found(BackendDefinition? Backend);
}
