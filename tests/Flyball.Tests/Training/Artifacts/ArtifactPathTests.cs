using Flyball.Engine.Problems;
using Flyball.Training.Artifacts;

namespace Flyball.Tests.Training.Artifacts;

public sealed class ArtifactPathTests
{
    [Theory]
    [InlineData("model/MLmodel")]
    [InlineData("a b/100%.txt")]
    [InlineData("größe/データ.csv")]
    [InlineData("..data/file...txt")]
    [InlineData("a/b/")]
    [InlineData("a%20b")]
    public void Good_paths_are_taken(string sent)
    {
        Assert.True(ArtifactPath.TryParse(sent, out var path, out _));
        Assert.Equal(sent.TrimEnd('/'), path.ToString());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../etc/passwd")]
    [InlineData("a/..")]
    [InlineData("./a")]
    [InlineData("/etc/passwd")]
    [InlineData("//proc/self/root/etc")]
    [InlineData("a//b")]
    [InlineData("..\\..\\windows")]
    [InlineData("a\\b")]
    [InlineData("C:/windows")]
    [InlineData("c:")]
    [InlineData("a#/../etc")]
    [InlineData("a?/a")]
    [InlineData("a;/../b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("%2e%2e/x")]
    [InlineData("%252e%252e%252fx")]
    [InlineData("%25252e%25252e/x")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("a%2fb")]
    [InlineData("a%5cb")]
    [InlineData("a%255cb")]
    [InlineData("a%00b")]
    [InlineData("a%23b")]
    [InlineData("a%3bb")]
    [InlineData("name\u202Etxt.exe")]
    [InlineData("zero\u200Bwidth")]
    [InlineData("%25252525252525252541")]
    public void Paths_that_climb_hide_or_mean_another_one_are_refused(string sent) => Assert.False(ArtifactPath.TryParse(sent, out _, out _));

    [Fact]
    public void Names_and_paths_that_no_disk_takes_are_refused()
    {
        Assert.False(ArtifactPath.TryParse(new string('a', 256), out _, out _));
        Assert.False(ArtifactPath.TryParse(new string('ä', 128), out _, out _));
        Assert.False(ArtifactPath.TryParse(string.Join('/', Enumerable.Repeat("abc", 300)), out _, out _));
        Assert.False(ArtifactPath.TryParse("a\ud800", out _, out _));
    }

    [Theory]
    [InlineData("mlflow-artifacts:/1/r/artifacts", "1/r/artifacts")]
    [InlineData("mlflow-artifacts://host:5000/1/r", "1/r")]
    public void Locations_of_ours_name_a_path(string uri, string path) => Assert.Equal(path, ArtifactUri.PathOf(uri, "source").ToString());

    [Theory]
    [InlineData("file:///etc")]
    [InlineData("/etc")]
    [InlineData("relative")]
    [InlineData("http:///#/../../etc/")]
    [InlineData("http://foo/bar?../../etc")]
    [InlineData("dbfs:/x")]
    [InlineData("mlflow-artifacts:/../etc")]
    [InlineData("mlflow-artifacts:///etc/passwd")]
    [InlineData("mlflow-artifacts:/a?x")]
    [InlineData("mlflow-artifacts:/a;x/..")]
    [InlineData("mlflow-artifacts:/a#x")]
    [InlineData("MLFLOW-ARTIFACTS:/a")]
    public void Other_locations_are_refused(string uri) => Assert.Equal("FLY3306", Assert.Throws<FlyballException>(() => ArtifactUri.PathOf(uri, "source")).Problem.Code);

    [Theory]
    [InlineData("mlflow-artifacts:/")]
    [InlineData("mlflow-artifacts:/sealed/x")]
    public void No_experiment_lies_over_everything_or_over_sealed_copies(string uri) => Assert.Throws<FlyballException>(() => ArtifactUri.CheckLocation(uri));
}
