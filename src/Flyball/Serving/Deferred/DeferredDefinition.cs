using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Serving.Deferred;

/// <summary>The section <c>serve: async:</c> of a model: requests that are answered later.</summary>
/// <param name="Queue">The most of them that wait.</param>
/// <param name="KeepMicros">How long an answer is kept, in microseconds.</param>
/// <param name="Webhook">Name of the webhook that is told, when the request names none; null for none.</param>
public sealed record DeferredDefinition(int Queue, long KeepMicros, string? Webhook)
{
    private const int MostQueued = 100_000;
    private const long Day = 86_400_000_000;
    private const long LongestKeep = 30 * Day;

    public static DeferredDefinition Default { get; } = new(1_000, Day, null);

    internal static DeferredDefinition Read(YamlSection? section, ProblemList problems)
    {
        if (section is null)
        {
            return Default;
        }

        var queue = section.Integer("queue") ?? Default.Queue;
        if (queue is < 1 or > MostQueued)
        {
            problems.Add(new Problem("FLY5040", $"queue is not from 1 to {MostQueued} requests.", section.At("queue"), "Leave it out for 1000."));
        }

        var keep = section.Duration("keep") ?? Default.KeepMicros;
        if (keep is <= 0 or > LongestKeep)
        {
            problems.Add(new Problem("FLY5040", "keep is not between nothing and 30 days.", section.At("keep"), "Leave it out for 1d."));
        }

        var webhook = section.Text("webhook");
        section.Finish();
        return new DeferredDefinition((int)Math.Clamp(queue, 1, MostQueued), keep, webhook);
    }
}
