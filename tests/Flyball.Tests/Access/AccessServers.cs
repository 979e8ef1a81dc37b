using Flyball.Access;

namespace Flyball.Tests.Access;

/// <summary>A server without keys and one with two, for all tests of a class that change nothing.</summary>
public sealed class AccessServers : IAsyncLifetime
{
    internal ServerFixture Open { get; private set; } = null!;

    /// <summary>Keys <c>reader</c>, which may read, and <c>scorer</c>, which may predict.</summary>
    internal ServerFixture Keyed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Open = await ServerFixture.StartAsync();
        Keyed = await ServerFixture.StartAsync(("reader", [Permission.Read]), ("scorer", [Permission.Predict]));
    }

    public async ValueTask DisposeAsync()
    {
        await Open.DisposeAsync();
        await Keyed.DisposeAsync();
    }
}
