using System.Net;
using System.Net.Sockets;

namespace Flyball.Registry.Webhooks;

/// <summary>
/// Which addresses are on the public internet, so that a webhook cannot be pointed at this machine or its neighbours.
/// <list type="number">
/// <item>An IPv4 address is public unless it lies in a block that IANA's special-purpose registry (RFC 6890 and its successors) keeps back.</item>
/// <item>An IPv6 address is public only inside 2000::/3, and there not in the blocks for protocols, documentation and 6to4, which can carry a private IPv4 one.</item>
/// <item>An IPv4 address written as an IPv6 one is judged as what it is.</item>
/// </list>
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Kept =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] KeptWithin = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(n => IPNetwork.Parse(n))];

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(Kept, n => n.Contains(plain)),
            AddressFamily.InterNetworkV6 => Global.Contains(plain) && !Array.Exists(KeptWithin, n => n.Contains(plain)),
            _ => false,
        };
    }
}
