namespace Flyball.Access;

/// <summary>Who a request comes from, as it goes into the audit log.</summary>
/// <param name="Name">The key's name, or the name a loopback caller states, or <c>local</c>.</param>
/// <param name="AuthMethod"><c>key</c>, <c>loopback</c> or <c>system</c>.</param>
/// <param name="Permissions">What the caller may do.</param>
public sealed record Caller(string Name, string AuthMethod, IReadOnlySet<Permission> Permissions)
{
    private static readonly HashSet<Permission> Everything = [.. Enum.GetValues<Permission>()];

    /// <summary>The caller of a server without keys: it listens on loopback only, so whoever reaches it owns the machine.</summary>
    public static Caller Local(string? statedName = null) => new(statedName ?? "local", "loopback", Everything);

    /// <summary>A part of Flyball that acts by itself, such as retraining.</summary>
    public static Caller System(string part) => new($"system:{part}", "system", Everything);

    public bool May(Permission permission) => permission == Permission.Open || Permissions.Contains(permission);
}
