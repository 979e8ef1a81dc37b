using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;
using Flyball.Tests.Serving;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>A row of typed values is read as the JSON object would be that they make: the same values, the same bytes in the log, the same refusals.</summary>
public sealed class TypedRowTests
{
    private const string Optional = """
              - { name: channel, logicalType: string, enum: [ web, pos ] }
              - { name: card_present, logicalType: boolean }
              - { name: born, logicalType: date }
              - { name: opened, logicalType: time }
              - { name: note, logicalType: string, logicalTypeOptions: { maxLength: 20 } }
            quality:

        """;

    private static readonly double[] Reals = [0, -0.0, 0.1, 100, 99.995, -1, 1e-320, 1e15, 9007199254740993, 1e17, 1e300, double.MaxValue, double.Epsilon, 0.1f];
    private static readonly long[] Wholes = [0, 1, -1, 7, 255, 1L << 53, (1L << 53) + 1, long.MaxValue, long.MinValue, 1000000];
    private static readonly string[] Texts =
        ["web", "pos", "", "x", "2026-01-31T13:45:00Z", "2026-01-31T14:45:00.123456+01:00", "2026-02-30T00:00:00Z", "2026-01-31", "13:45:00", "a\"b", "a\\b", "tab\there", "\u20ac 5 \U0001F600", "nul\0", "a text that is far too long for it"];

    [Fact]
    public async Task Every_generated_row_is_read_alike()
    {
        await using var fixture = new ServingFixture(change: p => p.Replace("contracts/transactions.odcs.yaml", "    quality:\n", Optional));
        var version = fixture.Version(2);
        var strict = new TrafficPlan(ServingFixture.Model, version);
        var lenient = strict with { Requests = new RequestPolicy(true, new Dictionary<string, Value> { ["amount"] = Value.FromNumber(70), ["channel"] = Value.FromText("web") }) };
        var model = InferenceModel.Of(strict);
        var random = new Random(41);
        var (good, bad, filled) = (0, 0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var plan = i % 3 == 0 ? lenient : strict;
            List<(InputField Field, InputTensor Tensor)> row = [.. model.Offered.Where(f => f.IsRequired ? random.Next(12) > 0 : random.Next(3) == 0).Select(f => (f, Draw(f, random)))];

            var typed = RequestRow.Read(plan, [.. row.Select(c => c.Tensor.At(0, c.Field.Column))], out var ofTyped);
            var written = RequestRow.Read(plan, Written(row), out var ofWritten);

            Assert.Equal(Shown(ofWritten), Shown(ofTyped));
            if (ofWritten is null)
            {
                Assert.Equal(written.Values, typed.Values);
                Assert.Equal(Encoding.UTF8.GetString(written.Canonical.Span), Encoding.UTF8.GetString(typed.Canonical.Span));
                Assert.Equal(written.Defaulted, typed.Defaulted);
                Assert.Equal(written.Ignored, typed.Ignored);
            }

            (good, bad, filled) = (good + (ofWritten is null ? 1 : 0), bad + (ofWritten is null ? 0 : 1), filled + (ofWritten is null && written.Defaulted.Count > 0 ? 1 : 0));
        }

        Assert.True(good > 200 && bad > 200 && filled > 20, $"{good} good, {bad} bad, {filled} filled in");
    }

    private static InputTensor Draw(InputField field, Random random)
    {
        // Mostly what fits: a row has many fields, and one that does not fit refuses it.
        var usual = random.Next(10) > 0;
        var tensor = new InputTensor(field.Name, field.Type, 1) { Nulls = random.Next(40) == 0 ? [true] : null };
        return field.Type switch
        {
            TensorType.Bool => tensor with { Wholes = [random.Next(2)] },
            TensorType.Int64 => tensor with { Wholes = [usual ? random.Next(1, 100) : Wholes[random.Next(Wholes.Length)]] },
            TensorType.Fp64 when random.Next(4) == 0 => tensor with { Type = TensorType.Int64, Wholes = [usual ? random.Next(1, 100) : Wholes[random.Next(Wholes.Length)]] },
            TensorType.Fp64 => tensor with { Reals = [usual ? Math.Round(random.NextDouble() * 100, 2) : Reals[random.Next(Reals.Length)]] },
            _ => tensor with { Texts = [Encoding.UTF8.GetBytes(usual ? Usual(field.Name) : Texts[random.Next(Texts.Length)])] },
        };
    }

    private static string Usual(string name) => name switch
    {
        "event_time" => "2026-01-31T13:45:00Z",
        "born" => "1990-02-28",
        "opened" => "13:45:00",
        _ => "web",
    };

    private static byte[] Written(List<(InputField Field, InputTensor Tensor)> row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (field, tensor) in row)
            {
                json.WritePropertyName(field.Name);
                tensor.Write(json, 0, field.IsJson);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Shown(IReadOnlyList<Problem>? problems) => string.Join('\n', problems?.Select(p => $"{p.Code} {p.Where?.Field} {p.Message} {p.Remedy}") ?? []);
}
