using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>A refusal whose status is not the one that its code has elsewhere.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : FlyballException(new Problem("FLY3408", message))
{
    public GrpcStatus Status { get; } = status;
}
