using Flyball.Access;
using Flyball.Serving;
using Microsoft.AspNetCore.Http;

namespace Flyball.Tests.Serving;

public sealed class RequestPurposeTests
{
    [Theory]
    [InlineData(Permission.Operate, null, PredictionRoute.Test)]
    [InlineData(Permission.Predict, "FLY3931", PredictionRoute.InferenceHttp)]
    public void Only_who_may_operate_marks_a_request_as_a_test(Permission permission, string? code, PredictionRoute expected)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller("key", "key", new HashSet<Permission> { permission }));
        context.Request.Headers[RequestPurpose.Header] = "test";

        var problem = RequestPurpose.TryRead(context, PredictionRoute.InferenceHttp, out var route);

        Assert.Equal((code, expected), (problem?.Code, route));
    }
}
