using Flyball.Native.DuckDb;

namespace Flyball.Native.Tests.DuckDb;

public sealed class DuckDbQueryTests : IDisposable
{
    private readonly DuckDbDatabase database = DuckDbDatabase.OpenInMemory();
    private readonly DuckDbConnection connection;

    public DuckDbQueryTests() => connection = database.Connect();

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    [Fact]
    public void The_version_is_the_pinned_one() => Assert.StartsWith("v1.", DuckDbDatabase.LibraryVersion);

    [Fact]
    public void Every_fixed_size_type_arrives_with_its_value()
    {
        using var result = connection.Query("""
            SELECT true AS b, 1::TINYINT AS i1, -2::SMALLINT AS i2, 3::INTEGER AS i4, (-9223372036854775808)::BIGINT AS i8,
                   255::UTINYINT AS u1, 65535::USMALLINT AS u2, 4294967295::UINTEGER AS u4, 18446744073709551615::UBIGINT AS u8,
                   1.5::FLOAT AS f4, -0.1::DOUBLE AS f8, TIMESTAMP '1970-01-02 00:00:00.000001' AS ts, DATE '1970-01-31' AS d,
                   170141183460469231731687303715884105727::HUGEINT AS h
            """);
        DuckDbType[] types =
        [
            DuckDbType.Boolean, DuckDbType.TinyInt, DuckDbType.SmallInt, DuckDbType.Integer, DuckDbType.BigInt,
            DuckDbType.UTinyInt, DuckDbType.USmallInt, DuckDbType.UInteger, DuckDbType.UBigInt,
            DuckDbType.Float, DuckDbType.Double, DuckDbType.Timestamp, DuckDbType.Date, DuckDbType.HugeInt,
        ];
        Assert.Equal(types, result.Columns.Select(c => c.Type));
        Assert.Equal(["b", "i1", "i2", "i4"], result.Columns.Take(4).Select(c => c.Name));

        var chunk = result.NextChunk();
        Assert.NotNull(chunk);
        Assert.Equal(1, chunk.RowCount);
        Assert.True(chunk.Column<bool>(0)[0]);
        Assert.Equal(1, chunk.Column<sbyte>(1)[0]);
        Assert.Equal(-2, chunk.Column<short>(2)[0]);
        Assert.Equal(3, chunk.Column<int>(3)[0]);
        Assert.Equal(long.MinValue, chunk.Column<long>(4)[0]);
        Assert.Equal(byte.MaxValue, chunk.Column<byte>(5)[0]);
        Assert.Equal(ushort.MaxValue, chunk.Column<ushort>(6)[0]);
        Assert.Equal(uint.MaxValue, chunk.Column<uint>(7)[0]);
        Assert.Equal(ulong.MaxValue, chunk.Column<ulong>(8)[0]);
        Assert.Equal(1.5f, chunk.Column<float>(9)[0]);
        Assert.Equal(-0.1, chunk.Column<double>(10)[0]);
        Assert.Equal(86_400_000_001, chunk.Column<long>(11)[0]);
        Assert.Equal(30, chunk.Column<int>(12)[0]);
        Assert.Equal(Int128.MaxValue, chunk.Column<Int128>(13)[0]);
        Assert.Null(result.NextChunk());
        Assert.Null(result.NextChunk());
    }

    [Theory]
    [InlineData("")]
    [InlineData("twelve bytes")]
    [InlineData("thirteen byte")]
    [InlineData("Grüße, 世界 🦆 and then some more of it")]
    public void Texts_of_any_length_come_back(string text)
    {
        using var statement = connection.Prepare("SELECT ?::VARCHAR");
        using var result = statement.Bind(1, text).Query();
        Assert.Equal(text, result.NextChunk()!.Text(0, 0));
    }

    [Fact]
    public void A_text_of_a_megabyte_comes_back()
    {
        using var result = connection.Query("SELECT repeat('ab', 524288)");
        var bytes = result.NextChunk()!.Utf8(0, 0);
        Assert.Equal(1_048_576, bytes.Length);
        Assert.Equal((byte)'b', bytes[^1]);
    }

    [Fact]
    public void Nulls_are_told_from_values()
    {
        using var result = connection.Query("SELECT * FROM (VALUES (1, 'a'), (NULL, NULL), (3, 'c')) t(n, s)");
        var chunk = result.NextChunk()!;
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(r => chunk.IsNull(0, r)));
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(r => chunk.IsNull(1, r)));
        Assert.Equal("", chunk.Text(1, 1));
        Assert.Equal("c", chunk.Text(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.IsNull(0, 3));
    }

    [Fact]
    public void Long_results_come_in_several_chunks_that_add_up()
    {
        using var result = connection.Query("SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE i END FROM range(10000) t(i)");
        var (rows, chunks, sum, nulls) = (0, 0, 0L, 0);
        while (result.NextChunk() is { } chunk)
        {
            chunks++;
            var ids = chunk.Column<long>(0);
            for (var r = 0; r < chunk.RowCount; r++)
            {
                Assert.Equal(rows + r, ids[r]);
                Assert.Equal(ids[r] % 3 == 0, chunk.IsNull(1, r));
                sum += ids[r];
                nulls += chunk.IsNull(1, r) ? 1 : 0;
            }

            rows += chunk.RowCount;
        }

        Assert.Equal((10_000, 49_995_000L, 3334), (rows, sum, nulls));
        Assert.True(chunks >= 5);
    }

    [Fact]
    public void A_column_is_not_read_as_another_type()
    {
        using var result = connection.Query("SELECT 1::INTEGER AS n, 'x' AS s, 1.5::DECIMAL(4,1) AS d");
        var chunk = result.NextChunk()!;
        Assert.Equal("Column n is Integer, which is not read as Int64.", Assert.Throws<DuckDbException>(() => { chunk.Column<long>(0); }).Message);
        Assert.Throws<DuckDbException>(() => { chunk.Column<long>(1); });
        Assert.Throws<DuckDbException>(() => { chunk.Column<long>(2); });
        Assert.Throws<DuckDbException>(() => chunk.Text(0, 0));
    }

    [Fact]
    public void A_released_chunk_is_not_read()
    {
        var result = connection.Query("SELECT i FROM range(5000) t(i)");
        var first = result.NextChunk()!;
        var second = result.NextChunk()!;
        Assert.Throws<ObjectDisposedException>(() => { first.Column<long>(0); });
        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { second.Column<long>(0); });
        Assert.Throws<ObjectDisposedException>(() => result.NextChunk());
    }

    [Fact]
    public void Prepared_statements_take_every_kind_of_value()
    {
        connection.Execute("CREATE TABLE t (b BOOLEAN, n BIGINT, x DOUBLE, s VARCHAR)");
        using (var insert = connection.Prepare("INSERT INTO t VALUES (?, ?, ?, ?)"))
        {
            Assert.Equal(4, insert.ParameterCount);
            Assert.Equal(1, insert.Bind(1, true).Bind(2, 42L).Bind(3, 0.25).Bind(4, "it's").Execute());
            Assert.Equal(1, insert.BindNull(1).Bind(2, 43L).Bind(3, 0.5).Bind(4, (string?)null).Execute());
        }

        using var select = connection.Prepare("SELECT s, x, b FROM t WHERE n = $1");
        using var found = select.Bind(1, 42L).Query();
        var row = found.NextChunk()!;
        Assert.Equal(("it's", 0.25, true), (row.Text(0, 0), row.Column<double>(1)[0], row.Column<bool>(2)[0]));
        using var other = select.Bind(1, 43L).Query();
        Assert.True(other.NextChunk()!.IsNull(0, 0));
    }

    [Fact]
    public void Refusals_carry_DuckDbs_message()
    {
        Assert.Contains("nothing", Assert.Throws<DuckDbException>(() => connection.Query("SELECT nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("absent", Assert.Throws<DuckDbException>(() => connection.Execute("DROP TABLE absent")).Message, StringComparison.Ordinal);
        Assert.Contains("syntax error", Assert.Throws<DuckDbException>(() => connection.Prepare("SELEC 1")).Message, StringComparison.Ordinal);
        Assert.Contains("Could not convert", Assert.Throws<DuckDbException>(() => connection.Query("SELECT 'x'::INTEGER")).Message, StringComparison.Ordinal);
        using var statement = connection.Prepare("SELECT ?");
        Assert.Throws<DuckDbException>(() => statement.Bind(2, 1L));
        Assert.Throws<DuckDbException>(() => statement.Query());
        Assert.Throws<DuckDbException>(() => connection.Execute("SELECT 1 -- \0 DROP"));

        // And the connection still works.
        using var after = connection.Query("SELECT 1");
        Assert.NotNull(after.NextChunk());
    }

    [Fact]
    public void Execute_answers_the_rows_changed()
    {
        connection.Execute("CREATE TABLE t AS SELECT i FROM range(10) r(i)");
        Assert.Equal(5, connection.Execute("DELETE FROM t WHERE i < 5"));
    }

    [Fact]
    public void Two_connections_see_one_database()
    {
        connection.Execute("CREATE TABLE shared AS SELECT 7::BIGINT AS n");
        using var other = database.Connect();
        using var result = other.Query("SELECT n FROM shared");
        Assert.Equal(7, result.NextChunk()!.Column<long>(0)[0]);
    }
}
