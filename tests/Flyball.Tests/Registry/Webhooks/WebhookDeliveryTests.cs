using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Flyball.Registry;
using Flyball.Registry.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Registry.Webhooks;

public sealed class WebhookDeliveryTests : IAsyncDisposable
{
    private static readonly WebhookEvent[] Wanted = [new("model_version", "created"), new("model_version_alias", "created"), new("model_version", "deleted")];

    private readonly RegistryFixture fixture = new();
    private readonly WebhookOptions options = new() { AllowPrivate = true, MostAttempts = 6 };
    private readonly WebhookSender sender;
    private readonly RegistryWebhooks webhooks;
    private readonly WebhookDelivery delivery;

    public WebhookDeliveryTests()
    {
        sender = new WebhookSender(options, fixture.Time);
        webhooks = new RegistryWebhooks(fixture.Catalog, sender, fixture.Trail, options, fixture.Time);
        delivery = Delivery(sender);
    }

    public async ValueTask DisposeAsync()
    {
        sender.Dispose();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_change_is_delivered_once_in_MLflows_form_and_signed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url, "top secret");
        await fixture.OutsideAsync("churn");
        Assert.Equal(1, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        var got = Assert.Single(receiver.Got);
        Assert.Equal(("model_version", "created", "2026-03-01T12:00:00Z"), ((string)got.Body["entity"]!, (string)got.Body["action"]!, (string)got.Body["timestamp"]!));
        Assert.Equal(("churn", "1", "r"), ((string)got.Body["data"]!["name"]!, (string)got.Body["data"]!["version"]!, (string)got.Body["data"]!["run_id"]!));
        Assert.Equal("1772366400", got.Headers["X-MLflow-Timestamp"]);
        Assert.True(Guid.TryParse(got.Headers["X-MLflow-Delivery-Id"], out _));
        var signed = $"{got.Headers["X-MLflow-Delivery-Id"]}.1772366400.{got.Text}";
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData("top secret"u8, Encoding.UTF8.GetBytes(signed)))}", got.Headers["X-MLflow-Signature"]);
    }

    [Fact]
    public async Task A_delivery_carries_the_trace_of_what_caused_it_in_a_span_of_its_own()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url);
        string cause;
        using (var request = new Activity("a request").SetParentId(ActivityTraceId.CreateFromString("4bf92f3577b34da6a3ce929d0e0e4736"), ActivitySpanId.CreateFromString("00f067aa0ba902b7"), ActivityTraceFlags.Recorded).Start())
        {
            cause = request.SpanId.ToHexString();
            await fixture.OutsideAsync("churn");
        }

        Assert.Null(Activity.Current);
        Assert.Equal(1, await delivery.PumpAsync(TestContext.Current.CancellationToken));

        var sent = Assert.Single(receiver.Got).Headers["traceparent"];
        Assert.Matches("^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$", sent);
        Assert.DoesNotContain(cause, sent, StringComparison.Ordinal);
        Assert.DoesNotContain("00f067aa0ba902b7", sent, StringComparison.Ordinal);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task What_happened_outside_of_any_trace_begins_none()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url);
        await fixture.OutsideAsync("churn");
        await delivery.PumpAsync(TestContext.Current.CancellationToken);

        Assert.False(Assert.Single(receiver.Got).Headers.ContainsKey("traceparent"));
    }

    [Fact]
    public async Task What_fails_is_sent_again_under_the_same_id_and_the_later_events_of_its_model_wait_for_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url);
        receiver.Answer = body => (string)body["data"]!["name"]! == "churn" ? 503 : 200;
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("other");
        Assert.Equal(1, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["churn 1", "other 1"], Names(receiver).Order(StringComparer.Ordinal));

        // The wait is not over.
        Assert.Equal(0, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, receiver.Got.Count);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        receiver.Answer = _ => 200;
        Assert.Equal(2, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["churn 1", "churn 1", "churn 2"], Names(receiver).Where(n => n.StartsWith("churn", StringComparison.Ordinal)));
        var ids = receiver.Got.Where(g => (string)g.Body["data"]!["version"]! == "1" && (string)g.Body["data"]!["name"]! == "churn").Select(g => g.Headers["X-MLflow-Delivery-Id"]);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task What_was_not_delivered_before_a_stop_is_delivered_after_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url);
        await fixture.OutsideAsync("churn");
        using var next = new WebhookSender(options, fixture.Time);
        Assert.Equal(1, await Delivery(next).PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["churn 1"], Names(receiver));
    }

    [Fact]
    public async Task A_receiver_that_refuses_an_event_misses_it_and_one_that_always_fails_is_switched_off()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var id = (await CreateAsync(receiver.Url)).Id;
        receiver.Answer = body => (string)body["data"]!["version"]! == "1" ? 400 : 500;
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("churn");
        for (var i = 0; i < 12; i++)
        {
            await delivery.PumpAsync(TestContext.Current.CancellationToken);
            fixture.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(3, Names(receiver).Count(n => n == "churn 1"));
        Assert.Equal(options.MostAttempts, Names(receiver).Count(n => n == "churn 2"));
        var off = webhooks.Find(id)!;
        Assert.Equal((WebhookStatus.Disabled, 1, "the receiver answered 500"), (off.Status, off.Pending, off.LastFailure));

        // Switched on again, what waited comes.
        receiver.Answer = _ => 200;
        await webhooks.UpdateAsync(id, new WebhookDraft { Status = WebhookStatus.Active }, RegistryFixture.Author, default);
        Assert.Equal(1, await delivery.PumpAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_replay_sends_every_event_after_a_cursor_in_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("churn");
        await fixture.OutsideAsync("churn");
        var id = (await CreateAsync(receiver.Url)).Id;
        Assert.Equal(0, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        var first = fixture.Registry.Events.Read(0, 100).First(e => e.Entity == "model_version").Seq;
        Assert.Equal(2, (await webhooks.ReplayAsync(id, first, RegistryFixture.Author, default)).Value!.Pending);
        Assert.Equal(2, await delivery.PumpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["churn 2", "churn 3"], Names(receiver));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var inside = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = _ => 302;
        receiver.Location = inside.Url;
        var id = (await CreateAsync(receiver.Url)).Id;
        var result = await webhooks.TestAsync(id, null, RegistryFixture.Author, TestContext.Current.CancellationToken);
        Assert.Equal((302, "the receiver answered 302"), (result!.Status, result.Error));
        Assert.Empty(inside.Got);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_given_up_in_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var hasty = new WebhookSender(new WebhookOptions { AllowPrivate = true, Timeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        var told = new Flyball.Registry.Events.RegistryEvent(1, "2026-03-01T12:00:00Z", "m", "model_version", "created", []);
        var result = await hasty.SendAsync("w", $"http://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}/", null, told, TestContext.Current.CancellationToken);
        Assert.Equal((null, "no answer within 0.2 s"), (result.Status, result.Error));
    }

    [Fact]
    public async Task The_secret_is_never_told()
    {
        var made = await CreateAsync("http://127.0.0.1:9/", "top secret");
        Assert.DoesNotContain("top secret", System.Text.Json.JsonSerializer.Serialize(made), StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.AuditLines(), l => l.ToJsonString().Contains("top secret", StringComparison.Ordinal));
    }

    private async Task<Webhook> CreateAsync(string url, string? secret = null)
    {
        var made = await webhooks.CreateAsync(new WebhookDraft { Name = "hook", Url = url, Events = Wanted, Secret = secret }, RegistryFixture.Author, default);
        Assert.Empty(made.Problems);
        return made.Value!;
    }

    private WebhookDelivery Delivery(WebhookSender by) => new(new WebhookStore(fixture.Catalog), by, options, fixture.Time, new Random(1), NullLogger<WebhookDelivery>.Instance);

    private static List<string> Names(WebhookReceiver receiver) => [.. receiver.Got.Select(g => $"{(string)g.Body["data"]!["name"]!} {(string)g.Body["data"]!["version"]!}")];
}
