using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Flyball.Training.Tracking;

/// <summary>Ids of runs and logged models, and names of runs that came without one. The same secret gives the same sequence.</summary>
/// <param name="secret">Drawn once a start; whoever does not know it cannot guess an id.</param>
public sealed class TrackingIds(byte[] secret)
{
    private static readonly string[] Manners =
    [
        "able", "brisk", "calm", "candid", "clever", "daring", "eager", "fair", "gentle", "glad", "hardy", "keen", "lively", "loyal", "merry", "neat",
        "nimble", "patient", "placid", "proud", "quick", "quiet", "ready", "rustic", "sober", "steady", "stout", "sunny", "swift", "tidy", "witty", "zealous",
    ];

    private static readonly string[] Animals =
    [
        "badger", "beaver", "bittern", "crane", "curlew", "deer", "dormouse", "eel", "falcon", "finch", "gull", "hare", "hedgehog", "heron", "ibis", "jay",
        "kestrel", "lark", "lynx", "marten", "mole", "newt", "otter", "owl", "perch", "plover", "raven", "robin", "seal", "stoat", "swan", "wren",
    ];

    private long drawn;

    /// <summary>32 lower-case hex digits.</summary>
    public string Run() => Convert.ToHexStringLower(Draw().AsSpan(0, 16));

    /// <summary><c>m-</c> and 32 lower-case hex digits.</summary>
    public string Model() => "m-" + Run();

    /// <summary>Something to call a run by, such as <c>keen-otter-417</c>.</summary>
    public string Name()
    {
        var bytes = Draw();
        return string.Create(
            CultureInfo.InvariantCulture, $"{Manners[bytes[0] % Manners.Length]}-{Animals[bytes[1] % Animals.Length]}-{BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) % 1000}");
    }

    private byte[] Draw()
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(counter, Interlocked.Increment(ref drawn));
        return HMACSHA256.HashData(secret, counter);
    }
}
