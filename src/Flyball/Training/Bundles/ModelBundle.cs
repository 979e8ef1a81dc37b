using System.Collections.Frozen;
using System.Text.Json.Nodes;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Training.Bundles;

/// <summary>
/// A model with everything that is needed to serve, explain and check it: immutable, and named by its content.
/// </summary>
/// <remarks>
/// <para>1. The list of members, sorted by name with size and SHA-256, as canonical JSON, is <c>bundle.json</c>.</para>
/// <para>2. The digest of the bundle is the digest of that list.</para>
/// <para>3. Packed it is a plain zip file, uncompressed, without times: the same members give the same bytes. Unpacking
/// accepts exactly the bytes that packing gives, so a change at any offset is refused.</para>
/// </remarks>
public sealed class ModelBundle
{
    public const string ListName = "bundle.json";
    public const string ManifestName = "manifest.json";
    public const string OnnxName = "model.onnx";
    public const string XGBoostName = "xgboost.json";
    public const string GoldenName = "golden.jsonl";

    /// <summary>Layout of the list. It is part of every digest: another one names other bundles.</summary>
    private const int ListFormat = 1;

    private readonly FrozenDictionary<string, ReadOnlyMemory<byte>> members;
    private readonly byte[] list;

    private ModelBundle(SortedDictionary<string, ReadOnlyMemory<byte>> members, ModelManifest manifest)
    {
        this.members = members.ToFrozenDictionary(StringComparer.Ordinal);
        Manifest = manifest;
        Files = [.. members.Select(m => new BundleFile(m.Key, Engine.Identity.Digest.Of(m.Value.Span), m.Value.Length))];
        list = CanonicalJson.Write(new JsonObject
        {
            ["format"] = ListFormat,
            ["files"] = new JsonArray([.. Files.Select(f => new JsonObject { ["name"] = f.Name, ["sha256"] = f.Sha256.Hex, ["bytes"] = f.Bytes })]),
        });
        Digest = Engine.Identity.Digest.Of(list);
    }

    /// <summary>The name of the bundle: SHA-256 of its list.</summary>
    public Digest Digest { get; }

    /// <summary>Sorted by name, without the list itself.</summary>
    public IReadOnlyList<BundleFile> Files { get; }

    public ModelManifest Manifest { get; }

    /// <summary>The bytes of a member.</summary>
    /// <exception cref="FlyballException">FLY1163: there is no such member.</exception>
    public ReadOnlyMemory<byte> this[string name] => members.TryGetValue(name, out var bytes) ? bytes : throw Refused(Missing(name));

    public bool Contains(string name) => members.ContainsKey(name);

    /// <summary>Makes a bundle. The members are copied. Cost: one hash of each.</summary>
    /// <param name="members">By name; <c>manifest.json</c> and <c>model.onnx</c> must be among them.</param>
    /// <param name="limits">Null for the usual ones.</param>
    /// <exception cref="FlyballException">FLY1160 to FLY1165: too large, a name or kind that is not allowed, a missing member, a broken manifest.</exception>
    public static ModelBundle Create(IReadOnlyDictionary<string, byte[]> members, BundleLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Of(members.Select(m => KeyValuePair.Create(m.Key, (ReadOnlyMemory<byte>)m.Value.ToArray())), limits ?? new());
    }

    /// <summary>This bundle with one more member, or another in its place: another bundle with another digest.</summary>
    /// <exception cref="FlyballException">FLY1160 to FLY1162: too large, or a name or kind that is not allowed.</exception>
    public ModelBundle With(string name, ReadOnlyMemory<byte> member) => With([KeyValuePair.Create(name, member.ToArray())]);

    /// <summary>This bundle with more members, or others in their place: another bundle with another digest. The members are copied.</summary>
    /// <exception cref="FlyballException">FLY1160 to FLY1165: too large, a name or kind that is not allowed, or a manifest that cannot be used.</exception>
    public ModelBundle With(IReadOnlyCollection<KeyValuePair<string, byte[]>> more) =>
        Of(members.Where(m => more.All(n => n.Key != m.Key)).Concat(more.Select(m => KeyValuePair.Create(m.Key, (ReadOnlyMemory<byte>)m.Value.ToArray()))), new());

    /// <summary>Reads what <see cref="Pack"/> wrote, checking every member against the list. Cost: one hash of each.</summary>
    /// <param name="packed">Copied.</param>
    /// <param name="expected">The bundle that was asked for; null to take any.</param>
    /// <param name="limits">Null for the usual ones.</param>
    /// <exception cref="FlyballException">FLY1160 to FLY1167: refused, with the reason.</exception>
    public static ModelBundle Unpack(ReadOnlySpan<byte> packed, Digest? expected = null, BundleLimits? limits = null)
    {
        limits ??= new();
        var found = StoredZip.Read(packed.ToArray(), limits);
        var bundle = Of(found.Where(m => m.Key != ListName), limits);

        // One comparison covers the list, the order, and every byte of the container between the members.
        if (!bundle.Pack().AsSpan().SequenceEqual(packed))
        {
            throw Refused(new("FLY1166", "The bundle is damaged or was changed: its members do not match its list.", null, "Fetch it again from where it was registered."));
        }

        if (expected is { } wanted && wanted != bundle.Digest)
        {
            throw Refused(new("FLY1167", $"The bundle {bundle.Digest.Short} was found where {wanted.Short} was expected."));
        }

        return bundle;
    }

    /// <summary>One zip file that any tool opens. The same bundle gives the same bytes. Cost: a copy and a checksum.</summary>
    public byte[] Pack() =>
        StoredZip.Write([KeyValuePair.Create(ListName, (ReadOnlyMemory<byte>)list), .. Files.Select(f => KeyValuePair.Create(f.Name, members[f.Name]))]);

    private static ModelBundle Of(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> members, BundleLimits limits)
    {
        var sorted = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        long total = 0;
        foreach (var (name, bytes) in members)
        {
            total += bytes.Length;
            if (sorted.Count == limits.Members || bytes.Length > limits.MemberBytes || total > limits.TotalBytes)
            {
                throw Refused(TooLarge(limits));
            }

            if (name == ListName)
            {
                throw Refused(new("FLY1161", $"The member '{ListName}' is written by the bundle itself."));
            }

            if (BundleNames.Judge(name) is { } problem)
            {
                throw Refused(problem);
            }

            if (!sorted.TryAdd(name, bytes))
            {
                throw Refused(new("FLY1164", $"The member {BundleNames.Shown(name)} is there twice."));
            }
        }

        if (!sorted.ContainsKey(OnnxName) || !sorted.TryGetValue(ManifestName, out var manifest))
        {
            throw Refused(Missing(sorted.ContainsKey(OnnxName) ? ManifestName : OnnxName));
        }

        var read = ModelManifest.Parse(manifest.Span);
        if (read.Format > 1 && BundleMembers.Required.FirstOrDefault(name => !sorted.ContainsKey(name)) is { } absent)
        {
            throw Refused(Missing(absent));
        }

        return new(sorted, read);
    }

    internal static Problem TooLarge(BundleLimits limits) =>
        new("FLY1160", $"The bundle is too large: {limits.Members} members, {limits.MemberBytes} bytes each and {limits.TotalBytes} in all are allowed.");

    private static Problem Missing(string name) => new("FLY1163", $"The bundle has no member {BundleNames.Shown(name)}.");

    private static FlyballException Refused(Problem problem) => new(problem);
}
