using System.Net.Http.Headers;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Server.Protocols.Invocations;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Invocations;

/// <summary>A row of a table repeats the names of all columns: a small body must not become large by that.</summary>
[Collection(InferenceTests.Name)]
public sealed class TableSizeTests(InferenceServer server)
{
    private const long Bound = 64 << 20;

    [Theory]
    [InlineData("""{"dataframe_split":{"columns":["NAME"],"data":[ROWS]}}""", 900, "[1]")]
    [InlineData("""{"dataframe_split":{"data":[ROWS],"columns":["NAME"]}}""", 100_000, "[1]")]
    [InlineData("""{"inputs":{"NAME":[ROWS]}}""", 900, "1")]
    [InlineData("""{"inputs":{"NAME":[ROWS]}}""", 100_000, "1")]
    public void A_table_whose_names_times_rows_are_too_large_is_refused_before_its_rows_are_made(string shape, int rows, string row)
    {
        var body = Encoding.UTF8.GetBytes(
            shape.Replace("NAME", new string('x', 1 << 20), StringComparison.Ordinal).Replace("ROWS", string.Join(',', Enumerable.Repeat(row, rows)), StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.Throws<FlyballException>(() => JsonInvocation.Read(body));

        Assert.Equal("FLY3409", refused.Problem.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Bound);
    }

    [Fact]
    public void A_wide_table_of_many_rows_is_taken()
    {
        var names = string.Join(',', Enumerable.Range(0, 500).Select(c => $"\"feature_number_{c}\""));
        var row = $"[{string.Join(',', Enumerable.Repeat("1", 500))}]";

        var taken = JsonInvocation.Read(Encoding.UTF8.GetBytes("{\"dataframe_split\":{\"columns\":[" + names + "],\"data\":[" + string.Join(',', Enumerable.Repeat(row, 1000)) + "]}}"));

        Assert.Equal(1000, taken.Rows.Count);
    }

    [Fact]
    public async Task Delimited_rows_under_a_name_as_long_as_the_body_are_refused()
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{new string('y', 1 << 20)}\n{string.Concat(Enumerable.Repeat("1\n", 900))}"));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");

        var (status, answer) = await server.SendAsync(HttpMethod.Post, "/v1/models/fraud/invocations", content);

        Assert.Equal((400, "FLY3409"), (status, (string)answer["code"]!));
    }

    [Fact]
    public void Parameters_without_a_meaning_are_told_up_to_a_bound()
    {
        var body = "{\"params\":{" + string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"p{i}\":1")) + "},\"instances\":[{}]}";

        Assert.Equal(16, JsonInvocation.Read(Encoding.UTF8.GetBytes(body)).Ignored.Count);
    }
}
