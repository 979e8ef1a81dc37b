using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;
using Flyball.Tests.Registry;
using Flyball.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>What answers of a deprecated version carry.</summary>
public sealed class DeprecationHeadersTests
{
    [Fact]
    public async Task A_version_asked_for_by_its_number_tells_when_it_ends_and_what_comes_after()
    {
        await using var registry = new RegistryFixture();
        await registry.ApprovedAsync(1);
        await registry.Registry.Deprecations.DeprecateAsync(RegistryFixture.Model, 1, "2026-12-31", null, RegistryFixture.Author, default);
        await using var serving = new ServingFixture();
        var named = new TrafficPlan(RegistryFixture.Model, serving.Version(2), serving.Version(1)).ByName(1)!;
        var services = new ServiceCollection().AddSingleton(registry.Registry);
        await using var provider = services.BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = provider };

        DeprecationHeaders.Write(context, named, 2);

        Assert.Equal($"@{registry.Time.GetUtcNow().ToUnixTimeSeconds()}", context.Response.Headers["Deprecation"].ToString());
        Assert.Equal("Thu, 31 Dec 2026 23:59:59 GMT", context.Response.Headers["Sunset"].ToString());
        Assert.Equal("</v2/models/fraud/versions/2>; rel=\"successor-version\"", context.Response.Headers.Link.ToString());
    }

    [Fact]
    public async Task Other_versions_carry_nothing()
    {
        await using var registry = new RegistryFixture();
        await using var serving = new ServingFixture();
        var services = new ServiceCollection().AddSingleton(registry.Registry);
        await using var provider = services.BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = provider };

        DeprecationHeaders.Write(context, new TrafficPlan(RegistryFixture.Model, serving.Version(2)).ByName(2)!, null);

        Assert.Empty(context.Response.Headers);
    }
}
