using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Serving.Degradation;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>Reads <c>answer:</c>, <c>cache:</c> and <c>batch:</c> of <c>serve:</c>.</summary>
internal static class ServeTermsReader
{
    private const int UsualEntries = 10_000;
    private const int MostEntries = 1_000_000;
    private const long LongestFresh = 86_400_000_000;
    private const int UsualBatch = 32;
    private const int MostBatch = 256;
    private const long UsualWait = 500;
    private const long LongestWait = 100_000;

    public static AnswerRange Answer(YamlSection serve, ModelPlan model, ProblemList problems)
    {
        if (serve.Section("answer") is not { } section)
        {
            return default;
        }

        var range = new AnswerRange(section.Number("minimum"), section.Number("maximum"));
        section.Finish();
        if (range.Minimum > range.Maximum || (model.Task.IsProbability && (range.Minimum > 1 || range.Maximum < 0)))
        {
            problems.Add(new Problem("FLY3963", "No score lies between minimum and maximum.", section.Where, "A probability is between 0 and 1; leave out a bound that does not matter."));
        }

        return range;
    }

    public static CacheTerms? Cache(YamlSection serve, ModelPlan model, ProblemList problems)
    {
        if (serve.Section("cache") is not { } section)
        {
            return null;
        }

        section.Require("fresh");
        var fresh = section.Duration("fresh");
        var entries = section.Integer("entries");
        section.Finish();
        if (fresh is <= 0 or > LongestFresh)
        {
            problems.Add(new Problem("FLY3964", "fresh is not between nothing and a day.", section.At("fresh"), "Give a duration such as 30s."));
        }

        if (entries is < 1 or > MostEntries)
        {
            problems.Add(new Problem("FLY3964", FormattableString.Invariant($"entries is not from 1 to {MostEntries}."), section.At("entries"), FormattableString.Invariant($"Leave it out for {UsualEntries}.")));
        }

        return ScoresByRule(model, section, problems) ? null : new CacheTerms(fresh ?? 1, (int)(entries ?? UsualEntries));
    }

    public static BatchingTerms? Batch(YamlSection serve, ModelPlan model, ProblemList problems)
    {
        if (serve.Section("batch") is not { } section)
        {
            return null;
        }

        var most = section.Integer("most");
        var wait = section.Duration("wait");
        section.Finish();
        if (most is < 2 or > MostBatch)
        {
            problems.Add(new Problem("FLY3965", FormattableString.Invariant($"most is not from 2 to {MostBatch}."), section.At("most"), FormattableString.Invariant($"Leave it out for {UsualBatch}.")));
        }

        if (wait is <= 0 or > LongestWait)
        {
            problems.Add(new Problem("FLY3965", "wait is not between nothing and 100ms.", section.At("wait"), "Give a duration such as 500us: less than what a row of the model costs."));
        }

        return ScoresByRule(model, section, problems) ? null : new BatchingTerms((int)(most ?? UsualBatch), wait ?? UsualWait);
    }

    /// <summary>A rule costs less than looking a score up, and reads the request itself.</summary>
    private static bool ScoresByRule(ModelPlan model, YamlSection section, ProblemList problems)
    {
        if (model.Definition.Root.Section("backend")?.Has("rule") != true)
        {
            return false;
        }

        problems.Add(new Problem("FLY3966", "A model that is a rule costs less than this would save.", section.Where, "Leave it out."));
        return true;
    }
}
