using System.Net;
using Flyball.Registry.Events;
using Flyball.Registry.Webhooks;

namespace Flyball.Tests.Registry.Webhooks;

/// <summary>No webhook reaches this machine or its neighbours, whatever form its address is written in.</summary>
public class WebhookAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.0.8")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_public_is_refused(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:2800:21f::1")]
    [InlineData("::ffff:93.184.215.14")]
    public void A_public_address_is_not(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost./")]
    [InlineData("http://db.internal/")]
    [InlineData("http://intranet/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com/")]
    [InlineData("/hook")]
    [InlineData("")]
    public async Task A_webhook_to_such_an_address_is_not_made(string url)
    {
        await using var fixture = new RegistryFixture();
        var options = new WebhookOptions();
        using var sender = new WebhookSender(options, fixture.Time);
        var webhooks = new RegistryWebhooks(fixture.Catalog, sender, fixture.Trail, options, fixture.Time);
        var made = await webhooks.CreateAsync(new WebhookDraft { Name = "hook", Url = url, Events = [new WebhookEvent("model_version", "created")] }, RegistryFixture.Author, default);
        Assert.Equal("FLY3336", Assert.Single(made.Problems).Code);
        Assert.Empty(webhooks.List(10));
        Assert.Equal(["deny"], fixture.Decisions("webhook.create"));
    }

    [Fact]
    public void A_public_receiver_is_a_good_one()
    {
        Assert.Null(WebhookRules.JudgeUrl("https://hooks.example.com:8443/flyball?x=1", allowPrivate: false));
        Assert.Null(WebhookRules.JudgeUrl("http://127.0.0.1:9/", allowPrivate: true));
        Assert.NotNull(WebhookRules.JudgeUrl("file:///etc/passwd", allowPrivate: true));
    }

    /// <summary>A name may look public and stand for this machine: it is judged by all it resolves to when the connection is made, once.</summary>
    [Theory]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "93.184.215.14", "127.0.0.1")]
    [InlineData(false, "::ffff:127.0.0.1")]
    [InlineData(false)]
    [InlineData(true, "127.0.0.1")]
    public async Task A_name_that_stands_for_this_machine_is_refused_at_the_connection(bool allowed, params string[] addresses)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var asked = 0;
        using var sender = new WebhookSender(new WebhookOptions { AllowPrivate = allowed }, TimeProvider.System, (_, _) =>
        {
            asked++;
            return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
        });
        var url = new UriBuilder(receiver.Url) { Host = "hooks.example.com" }.Uri.ToString();
        var result = await sender.SendAsync("w", url, null, new RegistryEvent(1, "2026-03-01T12:00:00Z", "m", "model_version", "created", []), TestContext.Current.CancellationToken);
        Assert.Equal((allowed, allowed ? 1 : 0, 1), (result.Ok, receiver.Got.Count, asked));
        Assert.Equal(allowed ? null : "hooks.example.com is not on the public internet", result.Error);
    }

    [Theory]
    [InlineData("Hook", "model_version", "created", null)]
    [InlineData("-hook", "model_version", "created", null)]
    [InlineData("hook", "model_version", "exploded", null)]
    [InlineData("hook", "model_version", "created", "SLEEPING")]
    public async Task A_webhook_with_a_broken_name_event_or_status_is_refused(string name, string entity, string action, string? status)
    {
        await using var fixture = new RegistryFixture();
        var options = new WebhookOptions();
        using var sender = new WebhookSender(options, fixture.Time);
        var webhooks = new RegistryWebhooks(fixture.Catalog, sender, fixture.Trail, options, fixture.Time);
        var draft = new WebhookDraft { Name = name, Url = "https://hooks.example.com/", Events = [new WebhookEvent(entity, action)], Status = status };
        Assert.Equal("FLY3337", Assert.Single((await webhooks.CreateAsync(draft, RegistryFixture.Author, default)).Problems).Code);
    }
}
