using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Server.Hosting;

/// <summary>
/// Reads a keys file: <c>[{"name":"scoring","sha256":"…","permissions":["Predict"]}]</c>. It holds digests, never keys.
/// </summary>
internal static class AccessKeys
{
    public static AccessOptions Load(string? path)
    {
        if (path is null)
        {
            return new AccessOptions();
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new AccessOptions { Keys = [.. document.RootElement.EnumerateArray().Select(k => Read(k, path))] };
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new FlyballException(new Problem("FLY4011", $"The keys file cannot be read: {e.Message}", new ProblemLocation(path)), e);
        }
    }

    private static ApiKey Read(JsonElement key, string path)
    {
        var name = key.GetProperty("name").GetString();
        if (string.IsNullOrWhiteSpace(name) || !Digest.TryParse(key.GetProperty("sha256").GetString(), out var digest))
        {
            throw new FlyballException(new Problem("FLY4011", "Each key has a name and a sha256 of 64 hex digits.", new ProblemLocation(path)));
        }

        var permissions = new HashSet<Permission>();
        foreach (var text in key.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()))
        {
            permissions.Add(Enum.TryParse<Permission>(text, ignoreCase: true, out var permission) && Enum.IsDefined(permission)
                ? permission
                : throw new FlyballException(new Problem("FLY4011", $"The permission {text} is not known.", new ProblemLocation(path), $"Known: {string.Join(", ", Enum.GetNames<Permission>())}.")));
        }

        return new ApiKey(name, digest, permissions);
    }
}
