using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

/// <summary>What can be said of the image without building it.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] Lines = [.. File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')];

    [Fact]
    public void Everything_it_copies_from_the_checkout_is_there()
    {
        var copied = Lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToList();

        Assert.True(copied.Count > 5);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void It_runs_as_an_unprivileged_user_with_a_volume_and_a_health_check()
    {
        var last = Lines[Array.FindLastIndex(Lines, l => l.StartsWith("FROM ", StringComparison.Ordinal))..];

        Assert.Contains("USER $APP_UID", last);
        Assert.Contains("VOLUME /data", last);
        Assert.Contains(last, l => l.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && l.Contains("/health/ready", StringComparison.Ordinal));
        Assert.True(Array.IndexOf(last, "USER $APP_UID") > Array.FindLastIndex(last, l => l.StartsWith("RUN ", StringComparison.Ordinal)), "what runs after USER runs without rights, and what runs before it at build time only");
    }
}
