using System.Net;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;

namespace Flyball.Registry.Webhooks;

/// <summary>What a webhook may be.</summary>
internal static class WebhookRules
{
    private static readonly string[] LocalEnds = [".localhost", ".local", ".internal", ".home.arpa"];

    private const int LongestName = 63;
    private const int LongestUrl = 2_000;
    private const int LongestSecret = 1_000;

    /// <param name="isNew">Whether name, URL and events have to be there.</param>
    public static IReadOnlyList<Problem> Judge(WebhookDraft draft, bool isNew, bool allowPrivate)
    {
        List<Problem> problems = [];
        if ((isNew || draft.Name is not null) && !IsName(draft.Name))
        {
            problems.Add(new Problem(
                "FLY3337", $"A webhook's name is 1 to {LongestName} of a-z, 0-9, dot, underscore and hyphen, with a letter or digit at both ends.", new ProblemLocation(Field: "name")));
        }

        if ((isNew || draft.Url is not null) && JudgeUrl(draft.Url, allowPrivate) is { } refused)
        {
            problems.Add(refused);
        }

        if ((isNew || draft.Events is not null) && (draft.Events is not { Count: > 0 } || draft.Events.Any(e => e is null)))
        {
            problems.Add(new Problem("FLY3337", "A webhook names at least one event.", new ProblemLocation(Field: "events"), $"Such as {EventNames.Version} and {EventNames.Created}."));
        }

        problems.AddRange((draft.Events ?? []).Where(e => e is not null && !EventNames.All.Contains((e.Entity, e.Action))).Select(e => new Problem(
            "FLY3337",
            $"There is no event {e.Entity}.{e.Action}.",
            new ProblemLocation(Field: "events"),
            $"The events are {string.Join(", ", EventNames.All.Select(p => $"{p.Entity}.{p.Action}").Order(StringComparer.Ordinal))}.")));
        if (draft.Status is not null and not (WebhookStatus.Active or WebhookStatus.Disabled))
        {
            problems.Add(new Problem("FLY3337", "A webhook is ACTIVE or DISABLED.", new ProblemLocation(Field: "status")));
        }

        if (draft.Secret is { Length: > LongestSecret } || draft.Description is { Length: > 5_000 })
        {
            problems.Add(new Problem("FLY3337", $"A secret is at most {LongestSecret} characters and a description 5000.", new ProblemLocation(Field: "secret")));
        }

        return problems;
    }

    /// <summary>
    /// What is wrong with the URL itself. The name in it is resolved only when an event is sent, and judged again then: what it stands for
    /// can change.
    /// </summary>
    public static Problem? JudgeUrl(string? url, bool allowPrivate)
    {
        if (url is null || url.Length > LongestUrl || !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http")
            || parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0 || parsed.Host.Length == 0)
        {
            return Refused("A webhook's URL is http or https with a host, without a user and without a fragment.");
        }

        var host = parsed.DnsSafeHost;
        var hidden = IPAddress.TryParse(host, out var address) ? !PublicAddress.Is(address) : IsLocalName(host);
        return hidden && !allowPrivate ? Refused($"{host} is not on the public internet.") : null;
    }

    public static Problem Refused(string seen) => new(
        "FLY3336", seen, new ProblemLocation(Field: "url"), "Name a public receiver, or start the server with --allow-private-webhooks.");

    public static Problem SecretOfAnother() => new(
        "FLY3337", "The URL is another one, and the secret was made for the receiver before.", new ProblemLocation(Field: "secret"), "Send the new receiver's secret with it, or an empty one to sign nothing.");

    /// <summary>A name that only a private network resolves, with or without the dot that ends it.</summary>
    private static bool IsLocalName(string host)
    {
        var name = host.TrimEnd('.');
        return !name.Contains('.', StringComparison.Ordinal) || Array.Exists(LocalEnds, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
}
