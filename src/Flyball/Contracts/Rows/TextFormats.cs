using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace Flyball.Contracts.Rows;

/// <summary>
/// The standard's formats of strings that can be checked, each in one pass. They judge the form only: an address that looks right may reach nobody.
/// </summary>
internal static class TextFormats
{
    private static readonly SearchValues<char> NotInUri = SearchValues.Create("<>\"{}|\\^`");

    private const int LongestAddress = 254;
    private const int LongestHost = 253;
    private const int LongestLabel = 63;

    public static FrozenDictionary<string, Func<string, bool>> All { get; } = new Dictionary<string, Func<string, bool>>(StringComparer.Ordinal)
    {
        ["email"] = IsEmail,
        ["uuid"] = text => text.Length == 36 && Guid.TryParseExact(text, "D", out _),
        ["uri"] = IsUri,
        ["hostname"] = text => IsHost(text),
        ["ipv4"] = IsIpv4,
        ["ipv6"] = IsIpv6,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Formats that say how a text is meant, not which texts there are.</summary>
    public static FrozenSet<string> Kept { get; } = new[] { "password", "byte", "binary" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A local part without spaces, one @, a host.</summary>
    private static bool IsEmail(string text)
    {
        var sign = text.LastIndexOf('@');
        if (sign is < 1 or > 64 || text.Length > LongestAddress || !IsHost(text.AsSpan(sign + 1)))
        {
            return false;
        }

        var local = text.AsSpan(0, sign);
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var c in local)
        {
            if (c <= ' ' || c == '\u007f' || "()<>[]:;@\\,\"".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An absolute one: a scheme, a colon, something after it, no space.</summary>
    private static bool IsUri(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == text.Length - 1 || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (var c in text.AsSpan(0, colon))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return text.AsSpan().IndexOfAnyInRange('\0', ' ') < 0 && text.AsSpan().IndexOfAny(NotInUri) < 0 && (!text.AsSpan(colon).StartsWith("://") || text.Length > colon + 3);
    }

    private static bool IsHost(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > LongestHost)
        {
            return false;
        }

        foreach (var part in text.Split('.'))
        {
            var label = text[part];
            if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Four numbers to 255 without leading zeros, which some readers take for octal.</summary>
    private static bool IsIpv4(string text)
    {
        var count = 0;
        foreach (var part in text.AsSpan().Split('.'))
        {
            var number = text.AsSpan()[part];
            var value = 0;
            foreach (var c in number)
            {
                value = char.IsAsciiDigit(c) && number.Length <= 3 ? (value * 10) + (c - '0') : 256;
            }

            if (number.Length is 0 or > 3 || value > 255 || (number.Length > 1 && number[0] == '0'))
            {
                return false;
            }

            count++;
        }

        return count == 4;
    }

    private static bool IsIpv6(string text) =>
        text.Length is >= 2 and <= 45 && text.AsSpan().IndexOfAny('%', '[', ']') < 0 && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
}
