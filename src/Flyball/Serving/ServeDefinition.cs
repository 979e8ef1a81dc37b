using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Serving.Backends;
using Flyball.Serving.Deferred;
using Flyball.Serving.Degradation;
using Flyball.Serving.Streams;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>The section <c>serve:</c> of a model: how long an answer may take, and what answers when the chosen version cannot.</summary>
/// <param name="PreviousVersion">Whether the champion before may answer.</param>
/// <param name="Rule">A score computed from the request alone; null when there is none.</param>
public sealed record ServeDefinition(bool PreviousVersion, RowPlan? Rule)
{
    private const string LastKnown = "last-known-features";
    private const string Defaults = "default-features";
    private const string Previous = "previous-version";

    /// <summary>A minute: what takes longer is no online prediction.</summary>
    private const long LongestTimeout = 60_000_000;

    private const int MostAtOnce = 1024;

    public static ServeDefinition Default { get; } = new(true, null);

    /// <summary>After so many microseconds nothing more is tried; null when nothing is cut off.</summary>
    public long? TimeoutMicros { get; init; }

    /// <summary>What stands in for looked up features that cannot be read.</summary>
    public FeatureFallback Features { get; init; } = FeatureFallback.None;

    /// <summary>What requests may lack or have beside their contract.</summary>
    public RequestPolicy Requests { get; init; } = RequestPolicy.Strict;

    /// <summary>Which scores may be handed out.</summary>
    public AnswerRange Answer { get; init; }

    /// <summary>How scores are kept for requests with the same features; null when they are not.</summary>
    public CacheTerms? Cache { get; init; }

    /// <summary>How requests that are in flight together are scored; null for each on its own.</summary>
    public BatchingTerms? Batch { get; init; }

    /// <summary>Whether an answer waits until its record is durable, and is refused without it.</summary>
    public bool LogRequired { get; init; }

    /// <summary>Pieces of work that run at once, of those that are worth a place in the queue; null for as many as there are processors.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How long work may wait for a place, in microseconds; null for the usual time.</summary>
    public long? QueueMicros { get; init; }

    /// <summary>Requests that are answered later.</summary>
    public DeferredDefinition Deferred { get; init; } = DeferredDefinition.Default;

    /// <summary>The stream of predictions that events become; null for none.</summary>
    public StreamDefinition? Stream { get; init; }

    public static ServeDefinition Read(ModelPlan model, ProblemList problems)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(problems);
        var section = model.Definition.Root.Section("serve");
        int? usual = model.Definition.Root.Section("backend")?.Has("remote") == true ? RemoteTerms.UsualConcurrency : null;
        if (section is null)
        {
            return Default with { Concurrency = usual };
        }

        var timeout = section.Duration("timeout");
        if (timeout is <= 0 or > LongestTimeout)
        {
            problems.Add(new Problem("FLY1320", "timeout is not between nothing and a minute.", section.At("timeout"), "Give a duration such as 50ms."));
        }

        var concurrency = section.Integer("concurrency");
        if (concurrency is < 1 or > MostAtOnce)
        {
            problems.Add(new Problem("FLY1325", FormattableString.Invariant($"concurrency is not from 1 to {MostAtOnce}."), section.At("concurrency"), "Leave it out for as many as there are processors."));
        }

        var queue = section.Duration("queue");
        if (queue is < 0 or > LongestTimeout)
        {
            problems.Add(new Problem("FLY1325", "queue is not a wait of up to a minute.", section.At("queue"), "Give a duration such as 100ms."));
        }

        var (known, rule) = ReadFallback(section, model, problems);
        var definition = new ServeDefinition(known.Contains(Previous), rule)
        {
            TimeoutMicros = timeout,
            Concurrency = (int?)concurrency ?? usual,
            QueueMicros = queue,
            Deferred = DeferredDefinition.Read(section.Section("async"), problems),
            Stream = StreamDefinition.Read(section.Section("stream"), model, problems),
            Features = FeatureFallbackReader.Read(section, model.Vector, known.Contains(LastKnown), known.Contains(Defaults), problems),
            Requests = RequestPolicyReader.Read(section, model, problems),
            Answer = ServeTermsReader.Answer(section, model, problems),
            Cache = ServeTermsReader.Cache(section, model, problems),
            Batch = ServeTermsReader.Batch(section, model, problems),
            LogRequired = section.Text("log") switch
            {
                null or "best-effort" => false,
                "required" => true,
                var other => Unknown(other, section.At("log"), problems),
            },
        };
        section.Finish();
        return definition;
    }

    private static bool Unknown(string policy, ProblemLocation where, ProblemList problems)
    {
        problems.Add(new Problem("FLY1321", $"The way to log {policy} is not known.", where, "Use best-effort or required."));
        return false;
    }

    private static (HashSet<string> Known, RowPlan? Rule) ReadFallback(YamlSection section, ModelPlan model, ProblemList problems)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        RowPlan? rule = null;
        foreach (var rung in section.Items("fallback"))
        {
            if (rung.Text is { } name)
            {
                if (name is LastKnown or Defaults or Previous)
                {
                    known.Add(name);
                }
                else
                {
                    problems.Add(new Problem("FLY1183", $"The fallback {name} is not known.", rung.Where, $"Use {LastKnown}, {Defaults}, {Previous} or rule: and an expression."));
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

        return (known, rule);
    }
}
