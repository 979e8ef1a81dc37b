using System.Globalization;
using Flyball.Access;
using Flyball.Registry;
using Flyball.Registry.Queries;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>What the registry's routes share: finding what a request names, and telling what speaks against a change.</summary>
internal static class RegistryAccess
{
    private const string TakenName = "FLY3340";

    public static ModelRegistry Registry(this MlflowCall call) => call.Context.RequestServices.GetRequiredService<ModelRegistry>();

    public static RegistryQueries Queries(this MlflowCall call) => call.Context.RequestServices.GetRequiredService<RegistryQueries>();

    public static SealedArtifacts Sealed(this HttpContext context) => context.RequestServices.GetRequiredService<SealedArtifacts>();

    public static Caller CallerOf(this MlflowCall call) => call.Context.Caller();

    /// <summary>The model that must be named.</summary>
    public static RegisteredModel Model(MlflowCall call)
    {
        var name = call.Required("name");
        return call.Registry().Names.Find(name) ?? throw new MlflowException(MlflowErrors.Absent, $"Registered Model with name={name} not found");
    }

    /// <summary>The version that must be named.</summary>
    public static VersionRecord Version(MlflowCall call) => Version(call.Registry(), call.Required("name"), call.Required("version", isId: true));

    public static VersionRecord Version(ModelRegistry registry, string name, string version) =>
        !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? throw MlflowException.Invalid($"Parameter 'version' must be an integer, got '{version}'.")
            : registry.Labels.Find(name, number) ?? throw new MlflowException(MlflowErrors.Absent, $"Model Version (name={name}, version={version}) not found");

    /// <summary>What a change made.</summary>
    /// <exception cref="MlflowException">It was refused: with every condition that failed.</exception>
    public static async Task<T> MadeAsync<T>(Task<RegistryOutcome<T>> change, string? taken = null)
        where T : class
    {
        var outcome = await change;
        if (outcome.Ok)
        {
            return outcome.Value;
        }

        var first = outcome.Problems[0];
        if (first.Code == TakenName && taken is not null)
        {
            throw new MlflowException(MlflowErrors.Exists, $"Registered Model (name={taken}) already exists.");
        }

        var (code, _) = MlflowErrors.Of(first);
        throw new MlflowException(code, string.Join(' ', outcome.Problems.Select(p => p.Remedy is null ? p.Message : $"{p.Message} {p.Remedy}")));
    }

    public static IReadOnlyDictionary<string, string> Tags(MlflowCall call)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in call.Pairs("tags"))
        {
            tags[tag.Key] = tag.Value;
        }

        return tags;
    }
}
