using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Storage.Audit;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Audit;

/// <summary>Short ways of saying what the tests say often.</summary>
internal static class AuditKit
{
    internal const string Origin = "example.com/flyball";

    internal static AuditKey Key(this TemporaryDirectory home) => AuditKey.LoadOrCreate(home["keys"], Origin);

    internal static AuditLog Log(this TemporaryDirectory home) => AuditLog.Open(home["audit"], Origin, home.Key(), new SettableTime());

    internal static AuditEntry Entry(int i) => new($"user-{i % 7}", "local", "model.promote", "model", "fraud")
    {
        ObjectVersion = $"v{i}",
        After = Digest.Of($"{i}"),
        Decision = i % 5 == 0 ? AuditDecision.Deny : AuditDecision.Allow,
        Details = new JsonObject { ["note"] = $"grün {i}" },
    };

    /// <summary>Appends without waiting for each, so that appends share commits.</summary>
    internal static async Task Fill(this AuditLog log, int from, int to)
    {
        var appends = Enumerable.Range(from, to - from).Select(i => log.AppendAsync(Entry(i), CancellationToken.None).AsTask()).ToArray();
        await Task.WhenAll(appends);
    }
}
