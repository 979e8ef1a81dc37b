namespace Flyball.Access;

/// <summary>The permission a route needs, as endpoint metadata.</summary>
public sealed record PermissionMetadata(Permission Permission);
