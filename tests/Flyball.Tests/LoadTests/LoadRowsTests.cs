using System.Text;
using Flyball.Engine.Problems;
using Flyball.Server.LoadTests;

namespace Flyball.Tests.LoadTests;

public sealed class LoadRowsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-load-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Cells_are_numbers_truths_or_texts_and_empty_ones_are_left_out() => Assert.Equal(
        ["""{"id":1,"name":"a, b","ok":true,"at":"2018-05-01T00:00:00Z"}""", """{"id":-2.50,"ok":false,"at":"007x"}"""],
        Read("rows.csv", "id,name,ok,at\n1,\"a, b\",true,2018-05-01T00:00:00Z\n-2.50,,false,007x\n"));

    [Fact]
    public void Lines_are_sent_as_they_are() => Assert.Equal(["{ \"a\": 1 }", "{}"], Read("rows.jsonl", "{ \"a\": 1 }\n\n{}\n"));

    [Theory]
    [InlineData("rows.jsonl", "{}\n[1]\n", 2)]
    [InlineData("rows.jsonl", "{\n", 1)]
    [InlineData("rows.jsonl", "", null)]
    [InlineData("rows.csv", "a,b\n", null)]
    [InlineData("rows.csv", "", null)]
    public void A_file_without_requests_is_refused_by_its_line(string name, string text, int? line)
    {
        var problem = Assert.Throws<FlyballException>(() => Read(name, text)).Problem;

        Assert.Equal(("FLY3932", line), (problem.Code, problem.Where!.Line));
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.Equal("FLY3932", Assert.Throws<FlyballException>(() => LoadRows.Read(Path.Combine(folder, "none.jsonl"))).Problem.Code);

    private List<string> Read(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return [.. LoadRows.Read(path).Select(r => Encoding.UTF8.GetString(r))];
    }
}
