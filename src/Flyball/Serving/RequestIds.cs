using System.Globalization;

namespace Flyball.Serving;

/// <summary>Names requests: a prefix drawn once a process, then a counter. Unique over restarts because prefixes are 64 random bits.</summary>
/// <param name="prefix">64 bits from the host's source of randomness.</param>
public sealed class RequestIds(ulong prefix)
{
    private readonly string start = prefix.ToString("x16", CultureInfo.InvariantCulture);
    private long counter;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{start}-{Interlocked.Increment(ref counter):x8}");
}
