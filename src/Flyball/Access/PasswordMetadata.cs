namespace Flyball.Access;

/// <summary>
/// Says of a route that the key may come as the password of HTTP Basic, for clients that know no other way. No route asks for it: a browser that
/// was asked would send it along with requests of other sites.
/// </summary>
public sealed record PasswordMetadata;
