using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;

namespace Flyball.Server.Cli;

/// <summary>
/// A version as the command line names it: <c>MODEL@3</c>, <c>MODEL@champion</c> or another alias, <c>MODEL@sha256:</c> with at least the
/// first 12 digits of its digest, or <c>MODEL 3</c>.
/// </summary>
internal sealed class VersionSelector
{
    private const string DigestMark = "sha256:";
    private const int FewestDigits = 12;

    public Argument<string> Name { get; } = new("MODEL[@VERSION]") { Description = "The model, with @ and a number, an alias or sha256:DIGEST for one of its versions." };

    public Argument<int?> Number { get; } = new("VERSION") { Description = "The version's number, when MODEL names none.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The model's name, escaped for a path, and what follows its last @; null when nothing does.</summary>
    public (string Model, string? Version) Parts(CommandContext context)
    {
        var text = context.Parsed.GetValue(Name)!;
        var at = text.LastIndexOf('@');
        if (at == 0 || at == text.Length - 1)
        {
            throw Unclear(text);
        }

        var number = context.Parsed.GetValue(Number)?.ToString(CultureInfo.InvariantCulture);
        return at < 0 ? (Uri.EscapeDataString(text), number)
            : number is null ? (Uri.EscapeDataString(text[..at]), text[(at + 1)..])
            : throw Unclear($"{text} {number}");
    }

    /// <summary>The model and the number of the version that is meant.</summary>
    /// <param name="context">The command.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="usual">What is meant when none is named; null when one must be.</param>
    /// <exception cref="FlyballException">FLY3338: it names no version, or the digest is short, unknown, or of several.</exception>
    public async Task<(string Model, int Version)> ResolveAsync(CommandContext context, CancellationToken cancellation, string? usual = null)
    {
        var (model, version) = Parts(context);
        version ??= usual;
        if (version is null)
        {
            throw Unclear(Uri.UnescapeDataString(model));
        }

        if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return (model, number);
        }

        if (!version.StartsWith(DigestMark, StringComparison.Ordinal))
        {
            var found = await context.Client.GetAsync($"/v1/models/{model}/aliases/{Uri.EscapeDataString(version)}", cancellation);
            return (model, found["version"]!.GetValue<int>());
        }

        var digits = version[DigestMark.Length..];
        var versions = (JsonArray)(await context.Client.GetAsync($"/v1/models/{model}/versions", cancellation))["versions"]!;
        var meant = digits.Length < FewestDigits ? [] : versions.Where(v => v!["digest"]!.GetValue<string>().StartsWith(digits, StringComparison.Ordinal)).ToList();
        return meant.Count == 1
            ? (model, meant[0]!["version"]!.GetValue<int>())
            : throw new FlyballException(new Problem(
                "FLY3338",
                digits.Length < FewestDigits ? $"A digest is at least {FewestDigits} digits." : string.Create(CultureInfo.InvariantCulture, $"{meant.Count} versions have this digest."),
                new ProblemLocation(Field: "VERSION"),
                "flyball models versions MODEL lists the digests."));
    }

    private static FlyballException Unclear(string seen) => new(new Problem(
        "FLY3338", $"'{seen}' names no version.", new ProblemLocation(Field: "VERSION"), "Write MODEL@3, MODEL@champion or MODEL@sha256:DIGEST."));
}
