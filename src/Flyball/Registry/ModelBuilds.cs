using Flyball.Access;
using Flyball.Training;

namespace Flyball.Registry;

/// <summary>Stub.</summary>
public sealed class ModelBuilds
{
    /// <summary>Stub.</summary>
    public Task<ModelBuild> BuildAsync(string model, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Stub.</summary>
public sealed record ModelBuild(TrainingRun Run, bool Cached, ModelVersion Version);
