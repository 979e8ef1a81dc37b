using Flyball.Governance;

namespace Flyball.Tests.Governance;

public sealed class TilePathTests
{
    [Theory]
    [InlineData("0/000")]
    [InlineData("0/000.p/1")]
    [InlineData("1/x001/x234/067")]
    [InlineData("entries/x003/999.p/255")]
    [InlineData("63/255")]
    public void A_tile_has_one_spelling(string path) => Assert.Equal($"tile/{path}", TilePath.Parse(path)?.File);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0/")]
    [InlineData("/0/000")]
    [InlineData("../checkpoint")]
    [InlineData("0/../../../keys/audit.key")]
    [InlineData("entries/..")]
    [InlineData("../../keys/audit.key")]
    [InlineData("0/..%2f000")]
    [InlineData("0/x../000")]
    [InlineData("0\\000")]
    [InlineData("64/000")]
    [InlineData("-1/000")]
    [InlineData("+0/000")]
    [InlineData("00/000")]
    [InlineData("0/0")]
    [InlineData("0/0000")]
    [InlineData("0/000\0")]
    [InlineData("0/x000/000")]
    [InlineData("0/001/000")]
    [InlineData("0/x001/x002")]
    [InlineData("0/000.p/0")]
    [InlineData("0/000.p/256")]
    [InlineData("0/000.p/01")]
    [InlineData("0/000.p")]
    [InlineData("0/000/1")]
    [InlineData("0/000.p/1/2")]
    [InlineData("entries/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("٣/000")]
    public void Anything_else_is_no_tile(string path) => Assert.Null(TilePath.Parse(path));
}
