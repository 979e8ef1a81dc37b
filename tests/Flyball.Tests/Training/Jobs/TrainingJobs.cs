namespace Flyball.Tests.Training.Jobs;

/// <summary>The classes that share one world and one usual job.</summary>
[CollectionDefinition(Name)]
public sealed class TrainingJobs : ICollectionFixture<TrainingJobFixture>
{
    public const string Name = "training jobs";
}
