using System.Text.Json;

namespace Flyball.Engine.Tests.Oracles;

/// <summary>One case of an oracle file: expected numbers with the tolerance they hold to.</summary>
internal sealed class Oracle
{
    private static readonly Lazy<JsonElement> Monitoring = new(() => Read(SharedFolder.File("oracles", "monitoring.json")));

    private Oracle(JsonElement json)
    {
        Expected = json.GetProperty("expected");
        Tolerance = json.GetProperty("rtol").GetDouble();
    }

    public JsonElement Expected { get; }

    public double Tolerance { get; }

    /// <summary>A case of monitoring.json; skips the test where the file is absent.</summary>
    public static Oracle Case(string id)
    {
        SharedFolder.File("oracles", "monitoring.json");
        return new Oracle(Monitoring.Value.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id));
    }

    public static JsonElement Fixture(string id)
    {
        SharedFolder.File("oracles", "monitoring.json");
        return Monitoring.Value.GetProperty("fixtures").GetProperty(id);
    }

    public static double[] Sample(string fixture, string member) => Doubles(Fixture(fixture).GetProperty(member));

    public static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];

    public static long[] Longs(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetInt64())];

    public static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    /// <summary>Compares as the file prescribes: |got - expected| &lt;= rtol * max(1e-12, |expected|).</summary>
    public void Equal(string member, double got) => Near(Expected.GetProperty(member).GetDouble(), got, Tolerance, member);

    public void Near(JsonElement expected, double got, string what = "") => Near(expected.GetDouble(), got, Tolerance, what);

    public void AllNear(JsonElement expected, IReadOnlyList<double> got)
    {
        var numbers = Doubles(expected);
        Assert.Equal(numbers.Length, got.Count);
        for (var i = 0; i < numbers.Length; i++)
        {
            Near(numbers[i], got[i], Tolerance, $"[{i}]");
        }
    }

    public static void Near(double expected, double got, double tolerance, string what = "") =>
        Assert.True(
            Math.Abs(got - expected) <= tolerance * Math.Max(1e-12, Math.Abs(expected)),
            $"{what}: expected {expected:R}, got {got:R}, relative error {Math.Abs(got - expected) / Math.Abs(expected):E2}, allowed {tolerance:E0}");
}
