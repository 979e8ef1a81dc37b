using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts;

public sealed class StoredFormTests
{
    /// <summary>A space behind the row is good JSON and not the stored form, so the general reader takes it: the oracle.</summary>
    [Theory]
    [InlineData("""{"region":"EU","number":12,"at":"2020-01-01T00:00:00.5Z","flag":true,"ratio":-0.5,"any":1.25,"small":3,"day":"2020-01-01","code":"aa","note":"\u00e9é"}""")]
    [InlineData("""{"region":"EU","number":-7,"at":"2020-01-01T00:00:00Z","flag":false,"ratio":100,"small":0,"note":""}""")]
    public void Where_it_gives_a_row_the_general_reader_gives_the_same(string stored)
    {
        var plan = Sample.Everything;
        var (form, general) = (new StoredForm(plan), RowReader.ForStored(plan));
        var (row, oracle) = (new Value[plan.Fields.Length], new Value[plan.Fields.Length]);
        var random = new Random(20180401);
        var seed = Encoding.UTF8.GetBytes(stored);
        var characters = Encoding.UTF8.GetBytes("0123456789+-.eE\"\\,:{}[] tfnull\n\0Zé");
        var taken = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var mutant = seed.ToArray();
            for (var n = random.Next(0, 3); n > 0; n--)
            {
                mutant[random.Next(mutant.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : characters[random.Next(characters.Length)];
            }

            if (form.TryRead(mutant, row))
            {
                taken++;
                Assert.True(general.Read([.. mutant, (byte)' '], oracle, new RowProblems()), Encoding.UTF8.GetString(mutant));
                Assert.Equal(oracle, row);
            }
        }

        Assert.True(stored.Contains('\\', StringComparison.Ordinal) ? taken < 20_000 : taken > 50_000, $"{taken} mutants were taken.");
    }

    [Theory]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z","customer_id":2,"terminal_id":3,"amount":146.5}""", true)]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z","terminal_id":3,"amount":0}""", true)]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z"}""", true)]
    [InlineData("""{"transaction_id":007,"event_time":"2018-04-01T00:00:00Z"}""", false)]
    [InlineData("""{"transaction_id":1.5,"event_time":"2018-04-01T00:00:00Z"}""", false)]
    [InlineData("""{"transaction_id":1, "event_time":"2018-04-01T00:00:00Z"}""", false)]
    [InlineData("""{"event_time":"2018-04-01T00:00:00Z","transaction_id":1}""", false)]
    [InlineData("""{"transaction_id":1,"transaction_id":1}""", false)]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z",}""", false)]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z"}}""", false)]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01""", false)]
    [InlineData("{}", false)]
    public void Only_what_the_writer_writes_is_taken(string json, bool isTaken) =>
        Assert.Equal(isTaken, new StoredForm(Sample.Transactions).TryRead(Encoding.UTF8.GetBytes(json), new Value[Sample.Transactions.Fields.Length]));
}
