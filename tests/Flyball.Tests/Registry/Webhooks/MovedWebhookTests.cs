using System.Text.Json.Nodes;
using Flyball.Registry.Webhooks;

namespace Flyball.Tests.Registry.Webhooks;

/// <summary>A secret was made for one receiver: another URL does not get what it signs.</summary>
public sealed class MovedWebhookTests : IAsyncDisposable
{
    private const string Here = "https://hooks.example.com/here";
    private const string There = "https://hooks.example.org/there";

    private readonly RegistryFixture fixture = new();
    private readonly WebhookSender sender;
    private readonly RegistryWebhooks webhooks;

    public MovedWebhookTests()
    {
        sender = new WebhookSender(new WebhookOptions(), fixture.Time);
        webhooks = new RegistryWebhooks(fixture.Catalog, sender, fixture.Trail, new WebhookOptions(), fixture.Time);
    }

    public async ValueTask DisposeAsync()
    {
        sender.Dispose();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_new_URL_needs_the_secret_again_or_goes_without()
    {
        var id = await CreateAsync("hush");
        Assert.Equal(("FLY3337", "secret"), Told(await UpdateAsync(id, new WebhookDraft { Url = There })));
        Assert.Equal(Here, webhooks.Find(id)!.Url);
        Assert.Null(Told(await UpdateAsync(id, new WebhookDraft { Url = Here, Description = "the same URL" })).Code);
        Assert.Null(Told(await UpdateAsync(id, new WebhookDraft { Url = There, Secret = "theirs" })).Code);
        Assert.Equal("FLY3337", Told(await UpdateAsync(id, new WebhookDraft { Url = Here })).Code);
        Assert.Null(Told(await UpdateAsync(id, new WebhookDraft { Url = Here, Secret = "" })).Code);
        Assert.Null(Told(await UpdateAsync(id, new WebhookDraft { Url = There })).Code);
    }

    [Fact]
    public async Task How_much_waits_for_the_new_receiver_is_in_the_answer_and_in_the_log()
    {
        var id = await CreateAsync(null);
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("churn");

        var moved = await UpdateAsync(id, new WebhookDraft { Url = There });

        Assert.Equal(2, moved.Value!.Pending);
        var entry = fixture.AuditLines().Last(l => (string)l["action"]! == "webhook.update");
        Assert.Contains("\"waiting\":2", entry.ToJsonString(), StringComparison.Ordinal);
    }

    private static (string? Code, string? Field) Told(Flyball.Registry.RegistryOutcome<Webhook> outcome) => outcome.Ok ? default : (outcome.Problems[0].Code, outcome.Problems[0].Where?.Field);

    private Task<Flyball.Registry.RegistryOutcome<Webhook>> UpdateAsync(string id, WebhookDraft draft) => webhooks.UpdateAsync(id, draft, RegistryFixture.Author, default);

    private async Task<string> CreateAsync(string? secret) => (await webhooks.CreateAsync(
        new WebhookDraft { Name = "h", Url = Here, Events = [new("model_version", "created")], Secret = secret }, RegistryFixture.Author, default)).Value!.Id;
}
