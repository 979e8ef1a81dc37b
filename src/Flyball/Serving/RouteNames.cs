namespace Flyball.Serving;

/// <summary>The ways of requests as answers name them.</summary>
public static class RouteNames
{
    public static string Of(PredictionRoute route) => route switch
    {
        PredictionRoute.Predict => "predict",
        PredictionRoute.InferenceHttp => "inference-http",
        PredictionRoute.InferenceGrpc => "inference-grpc",
        PredictionRoute.Invocations => "invocations",
        PredictionRoute.Deferred => "deferred",
        PredictionRoute.Batch => "batch",
        PredictionRoute.Stream => "stream",
        PredictionRoute.Test => "test",
        _ => "unknown",
    };
}
