using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts;

public sealed class GateSpeedTests
{
    [Fact]
    public void Reading_a_row_without_texts_allocates_nothing()
    {
        var json = Encoding.UTF8.GetBytes(LogFixture.Transaction(123_456, 146.25));
        var reader = new RowReader(Sample.Transactions);
        var row = new Value[5];
        var problems = new RowProblems();
        for (var i = 0; i < 100_000; i++)
        {
            reader.Read(json, row, problems);
        }

        const int Rows = 200_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Rows; i++)
        {
            Assert.True(reader.Read(json, row, problems));
        }

        var took = Environment.CpuUsage.TotalTime - clock;

        // Once in a while the runtime itself allocates when it compiles the loop anew; a row that allocated would come to millions.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Rows / 10);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Rows / took.TotalSeconds / 1e6:F2} M rows/s of processor time, when it runs alone");
    }
}
