using Flyball.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flyball.Tests.Features;

public sealed class FeatureKeyTests
{
    [Theory]
    [InlineData("/v1/features/act/a%2Fb?at=2026-01-01T00:00:00Z", "a%2Fb", "a/b")]
    [InlineData("/v1/features/act/a%252Fb", "a%2Fb", "a%2Fb")]
    [InlineData("/v1/features/act/a%2fb%20c", "a%2fb c", "a/b c")]
    [InlineData("/v1/features/act/plain", "plain", "plain")]
    public void A_key_with_a_slash_is_not_the_key_with_its_escape(string target, string routed, string key)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;

        Assert.Equal(key, FeaturesEndpoints.Whole(routed, context));
    }
}
