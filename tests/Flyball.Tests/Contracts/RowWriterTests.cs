using System.Buffers;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Contracts;

public sealed class RowWriterTests
{
    [Theory]
    [InlineData(
        """{ "amount" : 1.4650e2, "customer_id":2.0, "terminal_id":3, "transaction_id":1, "event_time":"2018-04-01T02:07:56.500+02:00" }""",
        """{"transaction_id":1,"event_time":"2018-04-01T00:07:56.5Z","customer_id":2,"terminal_id":3,"amount":146.5}""")]
    [InlineData(
        """{"transaction_id":1,"event_time":"2018-04-01T00:00:00.000001Z","customer_id":2,"terminal_id":3,"amount":-0.0}""",
        """{"transaction_id":1,"event_time":"2018-04-01T00:00:00.000001Z","customer_id":2,"terminal_id":3,"amount":0}""")]
    public void The_stored_form_has_one_order_one_zone_and_the_shortest_numbers(string json, string stored)
    {
        var row = new Value[Sample.Transactions.Schema.Fields.Count];
        Assert.True(new RowReader(Sample.Transactions).Read(Encoding.UTF8.GetBytes(json), row, new RowProblems()));

        Assert.Equal(stored, Write(Sample.Transactions, row));
    }

    [Fact]
    public void What_is_written_is_read_back_to_the_same_bits()
    {
        var rows = Rows();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(rows.ToArbitrary(), row =>
        {
            var back = new Value[row.Length];
            var problems = new RowProblems();
            var json = Write(Sample.Everything, row);
            Assert.True(RowReader.ForStored(Sample.Everything).Read(Encoding.UTF8.GetBytes(json), back, problems), json);
            Assert.Equal(row, back);
            Assert.Equal(json, Write(Sample.Everything, back));
        }));
    }

    [Fact]
    public void Random_bytes_never_throw_and_never_pass_for_a_row_that_cannot_be_written()
    {
        var reader = new RowReader(Sample.Everything);
        var row = new Value[Sample.Everything.Schema.Fields.Count];
        var problems = new RowProblems();
        var random = new Random(20180401);
        var seed = """{"region":"EU","number":1.0,"at":"2020-01-01T00:00:00.5Z","flag":true,"ratio":0.5,"any":1e5,"small":3,"day":"2020-01-01","code":"aa","note":"\u00e9\ud83d\ude00"}"""u8.ToArray();
        var good = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var mutant = seed.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                mutant[random.Next(mutant.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : seed[random.Next(seed.Length)];
            }

            if (reader.Read(mutant, row, problems))
            {
                good++;
                Write(Sample.Everything, row);
            }
        }

        Assert.True(good > 1_000, $"{good} mutants were good rows.");
    }

    private static Gen<Value[]> Rows()
    {
        var text = ArbMap.Default.GeneratorFor<string>().Where(t => t is not null && !t.Contains('\0', StringComparison.Ordinal) && IsWhole(t)).Select(Value.FromText);
        var time = Gen.Choose(-700_000, 2_900_000).SelectMany(d => Gen.Choose(0, 1_000_000_000).SelectMany(u => Gen.Elements(1, 1_000, 86).Select(f => Value.FromTimestamp((d * Clock.MicrosPerDay) + ((long)u * f % Clock.MicrosPerDay)))));
        var day = Gen.Choose(-700_000, 2_900_000).Select(d => Value.FromTimestamp(d * Clock.MicrosPerDay));
        var integer = Gen.OneOf(ArbMap.Default.GeneratorFor<long>(), Gen.Elements(long.MinValue, long.MaxValue, (1L << 53) + 1)).Select(Value.FromInteger);
        var number = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble),
            Gen.Elements(double.Epsilon, double.MaxValue, -double.MaxValue, 0.1, 1e16, 9007199254740994.0, 1e300)).Where(double.IsFinite).Select(Value.FromNumber);
        var flag = ArbMap.Default.GeneratorFor<bool>().Select(Value.FromBoolean);
        Gen<Value>[] columns = [text, integer, time, flag, number, number, integer, day, text, text];
        var cells = columns.Select((g, i) => i < 3 ? g : Gen.Frequency((4, g), (1, Gen.Constant(Value.Null))));
        return Gen.CollectToArray(cells);
    }

    private static bool IsWhole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private static string Write(ContractPlan plan, Value[] row)
    {
        using var writer = new RowWriter(plan);
        var buffer = new ArrayBufferWriter<byte>();
        writer.Write(row, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
