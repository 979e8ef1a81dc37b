using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>One server for all the bad input of a class: that it still serves at the end is part of what is tested.</summary>
public sealed class ServedShop(DeployedShop shop) : IAsyncLifetime
{
    public const string GoodPayment = """{"payment_id":900000,"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":240.5}""";

    private readonly TemporaryFolder folder = new();

    internal FlyballServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await FlyballServer.StartAsync(shop.Project, folder.Copy(shop.Data, "data"));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>What no answer may show: where things lie on this machine.</summary>
    internal IEnumerable<string> Secrets => [Repository.Root, folder.Root, shop.Project, Path.GetTempPath().TrimEnd('/') + "/"];

    /// <summary>A good request is answered by the model.</summary>
    internal async Task ExpectServingAsync()
    {
        var (status, answer) = await Server.PostAsync("/v1/models/shop/predict", GoodPayment);
        Assert.True(status == 200, $"{status} {answer.ToJsonString()}");
        Assert.Equal("full", answer["rung"]?.GetValue<string>());
        Assert.Equal("block", answer["decision"]?.GetValue<string>());
    }
}
