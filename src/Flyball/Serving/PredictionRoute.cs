namespace Flyball.Serving;

/// <summary>By which way a request came.</summary>
public enum PredictionRoute : byte
{
    /// <summary><c>POST /v1/models/{model}/predict</c>.</summary>
    Predict = 0,

    /// <summary>Open Inference Protocol over HTTP.</summary>
    InferenceHttp = 1,

    /// <summary>Open Inference Protocol over gRPC.</summary>
    InferenceGrpc = 2,

    /// <summary>MLflow's scoring shapes.</summary>
    Invocations = 3,

    /// <summary>Taken to be answered later.</summary>
    Deferred = 4,

    /// <summary>A file.</summary>
    Batch = 5,

    /// <summary>Events of a source.</summary>
    Stream = 6,

    /// <summary>A trial of the server, such as a load test: it says nothing about the world.</summary>
    Test = 7,
}
