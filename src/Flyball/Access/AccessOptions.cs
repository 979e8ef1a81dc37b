using Flyball.Engine.Identity;

namespace Flyball.Access;

/// <summary>Who may call. Without keys the server listens on loopback only and every caller is <c>local</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Keys by the SHA-256 of their text; the text itself is never stored.</summary>
    public IReadOnlyList<ApiKey> Keys { get; init; } = [];
}

/// <summary>One key: its name goes into the audit log, its digest decides.</summary>
public sealed record ApiKey(string Name, Digest KeyDigest, IReadOnlySet<Permission> Permissions);
