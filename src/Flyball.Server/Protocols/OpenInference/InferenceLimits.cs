namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Bounds of one request.</summary>
internal static class InferenceLimits
{
    /// <summary>The whole body, or one message.</summary>
    public const int MostBytes = 4 << 20;

    public const int MostRows = 1000;

    /// <summary>Tensors of a request, and outputs it asks for.</summary>
    public const int MostTensors = 1000;

    /// <summary>Characters of the id that is sent back.</summary>
    public const int LongestId = 256;

    /// <summary>An hour, in microseconds: what is longer is a mistake in the unit.</summary>
    public const long LongestTimeout = 3_600_000_000;
}
