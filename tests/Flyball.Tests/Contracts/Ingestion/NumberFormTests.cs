using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>The fast ways of reading and writing rows equal the general ones bit for bit.</summary>
public sealed class NumberFormTests
{
    [Fact]
    public void A_plain_number_is_read_to_the_double_that_the_general_parser_gives()
    {
        var digits = Gen.Choose(0, 9).Select(d => (char)('0' + d));
        var texts = from count in Gen.Choose(1, 15)
                    from number in Gen.ArrayOf(digits, count)
                    from point in Gen.Choose(0, count)
                    from sign in Gen.Elements("", "-")
                    select sign + (point is 0 || point == count ? new string(number) : new string(number, 0, point) + "." + new string(number, point, count - point));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            Assert.True(PlainNumber.TryRead(Encoding.ASCII.GetBytes(text), out var whole, out var scale), text);
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture) + 0.0), BitConverter.DoubleToInt64Bits(PlainNumber.ToDouble(whole, scale) + 0.0));
        }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-.5")]
    [InlineData("1.2.3")]
    [InlineData("+1")]
    [InlineData("1e5")]
    [InlineData("1 ")]
    [InlineData("1234567890123456")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1/2")]
    [InlineData("1:2")]
    public void Every_other_form_is_left_to_the_general_parser(string text) =>
        Assert.False(PlainNumber.TryRead(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void The_stored_form_is_byte_for_byte_what_the_JSON_writer_makes()
    {
        var texts = Gen.ArrayOf(Gen.OneOf(Gen.Choose(0x20, 0x7E), Gen.Elements(0, 1, 9, 10, 13, 0x22, 0x5C, 0x7F, 0x80, 0xE9, 0x2028, 0xFEFF, 0x4E2D, 0x1F600, 0x10FFFF)))
            .Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));
        var numbers = Gen.OneOf(ArbMap.Default.GeneratorFor<double>(), Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 100.0), Gen.Elements(0, 1e15, 1e16, 1e21, 1e-5, 1e-7, double.MaxValue, double.Epsilon))
            .Where(double.IsFinite);
        var integers = Gen.OneOf(ArbMap.Default.GeneratorFor<long>(), Gen.Elements(long.MinValue, long.MaxValue, 0L));
        var rows = from text in texts from number in numbers from integer in integers select (text, number, integer);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(rows.ToArbitrary(), given =>
        {
            var row = new Value[Sample.Everything.Schema.Fields.Count];
            row[1] = Value.FromInteger(given.integer);
            row[3] = Value.FromBoolean(given.integer > 0);
            row[5] = Value.FromNumber(given.number);
            row[9] = Value.FromText(given.text);
            using var writer = new RowWriter(Sample.Everything);
            var ours = new ArrayBufferWriter<byte>();
            writer.Write(row, ours);
            Assert.Equal(Oracle(row), Encoding.UTF8.GetString(ours.WrittenSpan));
        }));
    }

    private static string Oracle(Value[] row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("number", row[1].AsInteger);
            json.WriteBoolean("flag", row[3].AsBoolean);
            json.WriteNumber("any", row[5].AsNumber);
            json.WriteString("note", row[9].AsText);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
