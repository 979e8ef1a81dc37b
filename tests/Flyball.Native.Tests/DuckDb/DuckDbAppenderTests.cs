using Flyball.Native.DuckDb;

namespace Flyball.Native.Tests.DuckDb;

public sealed class DuckDbAppenderTests : IDisposable
{
    private readonly DuckDbDatabase database = DuckDbDatabase.OpenInMemory();
    private readonly DuckDbConnection connection;

    public DuckDbAppenderTests() => connection = database.Connect();

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    [Fact]
    public void Whole_chunks_carry_columns_of_any_type_and_take_pieces_of_others()
    {
        connection.Execute("CREATE TABLE source AS SELECT [i, NULL] AS list, 'text ' || i AS text FROM range(3000) t(i)");
        connection.Execute("CREATE TABLE target (list BIGINT[], text VARCHAR, flag BOOLEAN, number DOUBLE)");
        using (var reading = database.Connect())
        using (var statement = reading.Prepare("SELECT * FROM source"))
        using (var chunks = statement.Stream())
        using (var target = connection.Appender("target"))
        {
            while (chunks.NextChunk() is { } chunk)
            {
                target.BeginChunk(chunk, 2);
                var half = chunk.RowCount / 2;
                long[] bits = [.. Enumerable.Range(0, chunk.RowCount).Select(i => BitConverter.DoubleToInt64Bits(i + 0.5))];
                byte[] present = [.. Enumerable.Range(0, chunk.RowCount).Select(i => (byte)(i % 5 == 0 ? 0 : 1))];
                target.Fill(2, 0, [.. Enumerable.Range(0, chunk.RowCount).Select(i => (long)(i % 2))], [.. Enumerable.Repeat((byte)1, chunk.RowCount)]);
                target.Fill(3, 0, bits.AsSpan(0, half), present.AsSpan(0, half));
                target.Fill(3, half, bits.AsSpan(half), present.AsSpan(half));
                target.EndChunk(chunk.RowCount);
            }

            target.Close();
        }

        using var judged = connection.Query("""
            SELECT count(*), count(*) FILTER (list IS DISTINCT FROM [rowid, NULL] OR text <> 'text ' || rowid OR flag <> (rowid % 2048 % 2 = 1)
                OR number IS DISTINCT FROM CASE WHEN rowid % 2048 % 5 = 0 THEN NULL ELSE rowid % 2048 + 0.5 END) FROM target
            """);
        var counts = judged.NextChunk()!;
        Assert.Equal((3000, 0), (counts.Column<long>(0)[0], counts.Column<long>(1)[0]));
    }

    [Fact]
    public void A_chunk_in_the_middle_of_rows_and_bits_for_a_text_are_refused()
    {
        connection.Execute("CREATE TABLE target (text VARCHAR)");
        using var source = connection.Query("SELECT 'a'");
        var chunk = source.NextChunk()!;
        using var target = connection.Appender("target");

        Assert.Throws<DuckDbException>(() => target.Fill(0, 0, [1], [1]));
        target.Append("a");
        target.EndRow();
        Assert.Throws<DuckDbException>(() => target.BeginChunk(chunk, 1));
    }

    [Fact]
    public void Rows_of_every_type_arrive_over_several_chunks()
    {
        connection.Execute("CREATE TABLE t (b BOOLEAN, i INTEGER, n BIGINT, f FLOAT, x DOUBLE, ts TIMESTAMP, s VARCHAR, u VARCHAR)");
        const int Rows = 5000;
        using (var appender = connection.Appender("t"))
        {
            for (var i = 0; i < Rows; i++)
            {
                appender.Append(i % 2 == 0);
                appender.Append(i);
                appender.Append((long)i << 33);
                appender.Append(i / 2f);
                appender.Append(i / 3.0);
                appender.AppendTimestampMicros(i * 1_000_003L);
                if (i % 5 == 0)
                {
                    appender.AppendNull();
                }
                else
                {
                    appender.Append(Word(i));
                }

                appender.Append("utf8"u8);
                appender.EndRow();
            }

            Assert.Equal(Rows, appender.Rows);
            appender.Close();
        }

        using var result = connection.Query("SELECT * FROM t");
        var at = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++, at++)
            {
                Assert.Equal(at % 2 == 0, chunk.Column<bool>(0)[r]);
                Assert.Equal(at, chunk.Column<int>(1)[r]);
                Assert.Equal((long)at << 33, chunk.Column<long>(2)[r]);
                Assert.Equal(at / 2f, chunk.Column<float>(3)[r]);
                Assert.Equal(at / 3.0, chunk.Column<double>(4)[r]);
                Assert.Equal(at * 1_000_003L, chunk.Column<long>(5)[r]);
                Assert.Equal(at % 5 == 0, chunk.IsNull(6, r));
                Assert.Equal(at % 5 == 0 ? "" : Word(at), chunk.Text(6, r));
                Assert.Equal("utf8", chunk.Text(7, r));
            }
        }

        Assert.Equal(Rows, at);
    }

    [Fact]
    public void Texts_written_in_place_equal_those_of_SQL()
    {
        connection.Execute("CREATE TABLE t (s VARCHAR)");
        using (var appender = connection.Appender("t"))
        {
            foreach (var text in new[] { "twelve bytes", "abc", "", new string('x', 700), "é🦆" })
            {
                appender.Append(text);
                appender.EndRow();
            }

            appender.Close();
        }

        using var result = connection.Query("SELECT count(*) FROM t WHERE s IN ('twelve bytes', 'abc', '', repeat('x', 700), 'é🦆')");
        Assert.Equal(5, result.NextChunk()!.Column<long>(0)[0]);
    }

    [Fact]
    public void Rows_not_closed_are_dropped()
    {
        connection.Execute("CREATE TABLE t (n BIGINT)");
        using (var appender = connection.Appender("t"))
        {
            for (var i = 0; i < 3000; i++)
            {
                appender.Append((long)i);
                appender.EndRow();
            }
        }

        using var result = connection.Query("SELECT count(*) FROM t");
        Assert.Equal(0, result.NextChunk()!.Column<long>(0)[0]);
    }

    [Fact]
    public void Misuse_is_refused_with_the_column()
    {
        connection.Execute("CREATE TABLE t (n BIGINT, s VARCHAR)");
        Assert.Contains("absent", Assert.Throws<DuckDbException>(() => connection.Appender("absent")).Message, StringComparison.Ordinal);
        using var appender = connection.Appender("t");
        Assert.Equal("Column 1 of t is BigInt; Int32 does not go there.", Assert.Throws<DuckDbException>(() => appender.Append(1)).Message);
        appender.Append(1L);
        Assert.Equal("The row has 1 values; t has 2 columns.", Assert.Throws<DuckDbException>(appender.EndRow).Message);
        Assert.Throws<DuckDbException>(appender.Close);
        Assert.Equal("The text for column 2 of t is not UTF-8.", Assert.Throws<DuckDbException>(() => appender.Append([0xC3, 0x28])).Message);
        appender.Append("a");
        Assert.Throws<DuckDbException>(() => appender.Append("b"));
        appender.EndRow();
        appender.Close();
        Assert.Throws<ObjectDisposedException>(() => appender.Append(2L));
    }

    [Fact]
    public void A_broken_constraint_shows_at_the_end()
    {
        connection.Execute("CREATE TABLE t (n BIGINT NOT NULL)");
        using var appender = connection.Appender("t");
        appender.AppendNull();
        appender.EndRow();
        Assert.Contains("NOT NULL", Assert.Throws<DuckDbException>(appender.Close).Message, StringComparison.Ordinal);
    }

    private static string Word(int i) => i % 2 == 0 ? $"w{i}" : $"a word longer than twelve bytes, number {i}";
}
