using System.Buffers;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training.Bundles;

namespace Flyball.Registry.Archives;

/// <summary>
/// One version as one file that another installation can take.
/// <list type="number">
/// <item>The members are the packed bundle, the version's record, its approvals, its entries of the ledger, and whatever else stands under <c>extra/</c>.</item>
/// <item><c>archive.json</c>, the first, lists them with size and SHA-256, sorted by name.</item>
/// <item>Packed it is a plain zip file, uncompressed, without times: the same version gives the same bytes, and reading accepts exactly those.</item>
/// </list>
/// </summary>
internal static class ArchiveFormat
{
    public const string List = "archive.json";
    public const string Bundle = "bundle.zip";
    public const string Version = "version.json";
    public const string Approvals = "approvals.json";
    public const string Ledger = "ledger.json";

    /// <summary>Members under it are carried along and checked, and not read: signatures, provenance.</summary>
    public const string Extra = "extra/";

    /// <summary>Bytes of all members of an archive.</summary>
    public const long LargestContent = 600L << 20;

    private const int CurrentFormat = 1;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private static readonly string[] Needed = [Approvals, Bundle, Ledger, Version];

    private static readonly BundleLimits Limits = new() { MemberBytes = 512L << 20, TotalBytes = LargestContent };

    public static byte[] Pack(IReadOnlyDictionary<string, byte[]> members)
    {
        var sorted = members.OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        var list = CanonicalJson.Write(new JsonObject
        {
            ["format"] = CurrentFormat,
            ["kind"] = "flyball.version",
            ["members"] = new JsonArray([.. sorted.Select(m => new JsonObject { ["name"] = m.Key, ["bytes"] = m.Value.Length, ["sha256"] = Digest.Of(m.Value).Hex })]),
        });
        return StoredZip.Write([KeyValuePair.Create(List, (ReadOnlyMemory<byte>)list), .. sorted.Select(m => KeyValuePair.Create(m.Key, (ReadOnlyMemory<byte>)m.Value))]);
    }

    /// <summary>The members, each as its digest says.</summary>
    /// <exception cref="FlyballException">FLY3350: it is no archive, damaged, of another format, or holds something that does not belong into it.</exception>
    public static IReadOnlyDictionary<string, byte[]> Unpack(byte[] packed)
    {
        IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> found;
        try
        {
            found = StoredZip.Read(packed, Limits);
        }
        catch (FlyballException e)
        {
            throw Refused("The file is no archive of a version, or is damaged.", e);
        }

        if (found[0].Key != List)
        {
            throw Refused($"The file is no archive of a version: it does not begin with {List}.");
        }

        var members = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, bytes) in found.Skip(1))
        {
            if (!Array.Exists(Needed, n => n == name) && !IsExtra(name))
            {
                throw Refused($"The archive holds {Shown(name)}, which does not belong into one.");
            }

            if (!members.TryAdd(name, bytes.ToArray()))
            {
                throw Refused($"The archive holds {Shown(name)} twice.");
            }
        }

        if (Array.Find(Needed, n => !members.ContainsKey(n)) is { } missing)
        {
            throw Refused($"The archive has no {missing}.");
        }

        // One comparison covers every member's digest, the order, and every byte of the container between them.
        if (!Pack(members).AsSpan().SequenceEqual(packed))
        {
            throw Refused(Difference(found[0].Value.Span, members));
        }

        return members;
    }

    public static FlyballException Refused(string seen, Exception? inner = null) =>
        new(new Problem("FLY3350", seen, new ProblemLocation(Field: "archive"), "Export the version again where it came from."), inner);

    /// <summary>Which member is not what the list says, when the list can be read.</summary>
    private static string Difference(ReadOnlySpan<byte> list, SortedDictionary<string, byte[]> members)
    {
        try
        {
            var document = JsonNode.Parse(list)!;
            if (document["format"]!.GetValue<int>() != CurrentFormat)
            {
                return "The archive is of a format that this program does not know.";
            }

            foreach (var entry in document["members"]!.AsArray())
            {
                var name = entry!["name"]!.GetValue<string>();
                if (!members.TryGetValue(name, out var bytes) || Digest.Of(bytes).Hex != entry["sha256"]!.GetValue<string>())
                {
                    return $"The member {Shown(name)} of the archive is not what its list says.";
                }
            }
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            return $"The archive's {List} cannot be read.";
        }

        return "The archive is damaged or was changed between its members.";
    }

    private static bool IsExtra(string name) =>
        name.StartsWith(Extra, StringComparison.Ordinal) && name.Length is > 6 and <= 128
        && name.AsSpan(Extra.Length).IndexOfAnyExcept(NameLetters) < 0
        && !name.AsSpan(Extra.Length).StartsWith(".", StringComparison.Ordinal);

    private static string Shown(string name) => new([.. name.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' ? c : '?')]);
}
