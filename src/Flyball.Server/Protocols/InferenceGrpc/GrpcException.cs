using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>A refusal whose status is not the one that its code has elsewhere.</summary>
internal sealed class GrpcException(GrpcStatus status, Problem problem) : FlyballException(problem)
{
    public GrpcException(GrpcStatus status, string message)
        : this(status, new Problem("FLY3408", message))
    {
    }

    public GrpcStatus Status { get; } = status;
}
