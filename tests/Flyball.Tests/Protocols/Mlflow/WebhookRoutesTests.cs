using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>The protocol's webhooks over the registry's.</summary>
[Collection(MlflowTests.Name)]
public sealed class WebhookRoutesTests(MlflowServer server)
{
    private static readonly object[] Created = [new { entity = "MODEL_VERSION", action = "CREATED" }, new { entity = "MODEL_VERSION_TAG", action = "SET" }];

    [Fact]
    public async Task A_webhook_is_made_found_changed_and_taken_away()
    {
        var name = server.Name("hook");
        var made = (await server.PostAsync("/webhooks", new { name, url = "https://hooks.example.com/a", events = Created, secret = "hush", description = "of the team" }))["webhook"]!;
        var id = MlflowServer.Text(made, "webhook_id");
        Assert.Equal((name, "https://hooks.example.com/a", "ACTIVE", "of the team"), (MlflowServer.Text(made, "name"), MlflowServer.Text(made, "url"), MlflowServer.Text(made, "status"), MlflowServer.Text(made, "description")));
        Assert.Equal(["MODEL_VERSION.CREATED", "MODEL_VERSION_TAG.SET"], Events(made));
        Assert.True(made["creation_timestamp"]!.GetValue<long>() > 0 && made["last_updated_timestamp"]!.GetValue<long>() > 0);
        Assert.DoesNotContain("hush", made.ToJsonString(), StringComparison.Ordinal);

        var changed = (await server.PatchAsync($"/webhooks/{id}", new { status = "DISABLED", events = new[] { new { entity = "REGISTERED_MODEL", action = "CREATED" } } }))["webhook"]!;
        Assert.Equal(("DISABLED", name), (MlflowServer.Text(changed, "status"), MlflowServer.Text(changed, "name")));
        Assert.Equal(["REGISTERED_MODEL.CREATED"], Events((await server.GetAsync($"/webhooks/{id}"))["webhook"]!));

        await server.DeleteAsync($"/webhooks/{id}");
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), ShortOf(await server.RefusedAsync(HttpMethod.Get, $"/webhooks/{id}")));
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), ShortOf(await server.RefusedAsync(HttpMethod.Patch, $"/webhooks/{id}", new { status = "ACTIVE" })));
    }

    [Fact]
    public async Task Pages_hold_each_one_once_and_events_that_clients_cannot_read_are_left_out()
    {
        var made = new List<string>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            made.Add(MlflowServer.Text((await server.PostAsync("/webhooks", new { name = server.Name("page"), url = "https://hooks.example.com/", events = Created }))["webhook"]!, "webhook_id"));
        }

        var (_, own) = await server.SendAsync(HttpMethod.Patch, $"/api/2.0/mlflow/webhooks/{made[0]}", new { events = new[] { new { entity = "model_version", action = "promoted" }, new { entity = "model_version", action = "created" } } });
        Assert.Equal(["MODEL_VERSION.CREATED"], Events(own["webhook"]!));
        var (ids, token) = (new List<string>(), "");
        do
        {
            var page = await server.GetAsync($"/webhooks?max_results=1&page_token={token}");
            ids.AddRange(page["webhooks"]!.AsArray().Select(w => MlflowServer.Text(w!, "webhook_id")));
            token = page["next_page_token"]?.GetValue<string>() ?? "";
        }
        while (token.Length > 0);

        Assert.Equal(ids.Distinct(), ids);
        Assert.Superset(made.ToHashSet(), ids.ToHashSet());
    }

    [Theory]
    [InlineData("""{"url":"https://hooks.example.com/","events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}""")]
    [InlineData("""{"name":"h","url":"https://hooks.example.com/"}""")]
    [InlineData("""{"name":"h","url":"https://hooks.example.com/","events":[]}""")]
    [InlineData("""{"name":"h","url":"https://hooks.example.com/","events":[{"entity":"MODEL_VERSION","action":"EATEN"}]}""")]
    [InlineData("""{"name":"h","url":"https://hooks.example.com/","events":[{"entity":"MODEL_VERSION"}]}""")]
    [InlineData("""{"name":"h","url":"http://169.254.169.254/latest","events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}""")]
    [InlineData("""{"name":"h","url":"file:///etc/passwd","events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}""")]
    [InlineData("""{"name":"Not A Name","url":"https://hooks.example.com/","events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}""")]
    public async Task A_webhook_that_is_none_is_an_invalid_value(string body) =>
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), ShortOf(await server.RefusedAsync(HttpMethod.Post, "/webhooks", body)));

    [Fact]
    public async Task A_test_says_how_it_went_and_not_what_the_receiver_wrote()
    {
        // The name is reserved and resolves nowhere.
        var id = MlflowServer.Text((await server.PostAsync("/webhooks", new { name = server.Name("test"), url = "https://receiver.invalid/", events = Created }))["webhook"]!, "webhook_id");

        var result = (await server.PostAsync($"/webhooks/{id}/test", new { @event = Created[0] }))["result"]!.AsObject();

        Assert.False(result["success"]!.GetValue<bool>());
        Assert.NotEmpty(MlflowServer.Text(result, "error_message"));
        Assert.False(result.ContainsKey("response_body"));
    }

    private static IEnumerable<string> Events(JsonNode webhook) => webhook["events"]!.AsArray().Select(e => $"{MlflowServer.Text(e!, "entity")}.{MlflowServer.Text(e!, "action")}");

    private static (int, string) ShortOf((int Status, string Code, string Message) refused) => (refused.Status, refused.Code);
}
