using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols;

/// <summary>A server whose registry and traffic plans tests change in ways that those of other classes would meet.</summary>
public sealed class ChangedServer : IAsyncLifetime
{
    public const string Name = "changed inference";

    public InferenceServer Server { get; } = new();

    public ValueTask InitializeAsync() => Server.InitializeAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Test classes that share it, one after the other.</summary>
[CollectionDefinition(ChangedServer.Name)]
public sealed class ChangedServerTests : ICollectionFixture<ChangedServer>;
