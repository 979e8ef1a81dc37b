using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Registry;
using Flyball.Tests.Access;

namespace Flyball.Tests.Registry;

/// <summary>Bodies that the registry's routes must refuse with what is wrong, and without a trace.</summary>
public sealed class HostileBodyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Null_in_a_list_is_refused_with_its_name()
    {
        await using var server = await ServerFixture.StartAsync();
        await SendAsync(server, HttpMethod.Post, "/v1/models", """{"name":"m"}""");
        foreach (var (path, body, field) in ((string, string, string)[])
        [
            ("/v1/models/m/versions/files", """{"source":"s","files":[null]}""", "files"),
            ("/v1/models/m/versions/files", """{"source":"s","files":[{"path":null,"size":1,"sha256":"00"}]}""", "files[0].path"),
            ("/v1/registry/webhooks", """{"name":"h","url":"https://hooks.example.com/","events":[null]}""", "events"),
            ("/v1/registry/webhooks", """{"name":"h","url":"https://hooks.example.com/","events":[[null]]}""", "events"),
        ])
        {
            var (status, answer) = await SendAsync(server, HttpMethod.Post, path, body);
            Assert.Equal((HttpStatusCode.BadRequest, "FLY3002", field), (status, (string)answer["code"]!, (string)answer["errors"]![0]!["field"]!));
        }

        foreach (var files in (string[])["[{}]", """[{"size":1}]""", """[{"path":"a","size":-1,"sha256":"x"}]"""])
        {
            var (status, answer) = await SendAsync(server, HttpMethod.Post, "/v1/models/m/versions/files", $$"""{"source":"s","files":{{files}}}""");
            Assert.Equal((HttpStatusCode.BadRequest, "FLY3334"), (status, (string)answer["code"]!));
        }

        Assert.Empty((await SendAsync(server, HttpMethod.Get, "/v1/models/m", null)).Answer["versions"]!.AsArray());
        Assert.Empty((await SendAsync(server, HttpMethod.Get, "/v1/registry/webhooks", null)).Answer["webhooks"]!.AsArray());
    }

    [Fact]
    public async Task A_version_is_made_of_files_that_were_uploaded_and_are_as_long_as_they_are_said_to_be()
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft("m"), RegistryFixture.Author, default);
        var stored = fixture.Blobs.Put("eleven byte"u8);

        Assert.Equal(["FLY3334"], await CodesAsync(fixture, new SealedFile("a", 11, Digest.Of("nobody uploaded this"))));
        Assert.Equal(["FLY3334"], await CodesAsync(fixture, new SealedFile("a", 3, stored)));
        Assert.Empty(fixture.Registry.Versions("m"));
        Assert.Empty(await CodesAsync(fixture, new SealedFile("a", 11, stored)));
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/b/c", "a/b")]
    [InlineData("C:x", "c:X")]
    [InlineData("CON")]
    [InlineData("model/nul.txt")]
    [InlineData("com1")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData("a/")]
    [InlineData("a%2fb")]
    [InlineData("a\u202Eb")]
    public async Task Paths_that_some_disk_could_not_hold_or_would_read_as_others_are_refused(params string[] paths)
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft("m"), RegistryFixture.Author, default);
        var stored = fixture.Blobs.Put("x"u8);
        Assert.NotEmpty(await CodesAsync(fixture, [.. paths.Select(p => new SealedFile(p, 1, stored))]));
        Assert.Empty(await CodesAsync(fixture, new SealedFile("console/a.b c", 1, stored), new SealedFile("console/comma", 1, stored), new SealedFile("consoles", 1, stored)));
    }

    [Theory]
    [InlineData("../../etc", null)]
    [InlineData("a b", null)]
    [InlineData(null, "m-../x")]
    public async Task An_id_of_a_run_or_model_that_is_none_is_refused(string? run, string? model)
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft("m"), RegistryFixture.Author, default);
        var made = await fixture.Registry.Outside.CreateAsync(new VersionDraft("m", "s", []) { RunId = run, LoggedModel = model }, RegistryFixture.Author, default);
        Assert.Equal("FLY3333", Assert.Single(made.Problems).Code);
    }

    [Theory]
    [InlineData("x@y")]
    [InlineData("churn@champion")]
    [InlineData("chu\u200Brn")]
    [InlineData("\u202Enruhc")]
    [InlineData("churn\u2066")]
    [InlineData("a\u00A0b")]
    [InlineData("\u3164")]
    [InlineData("a\uFE0F")]
    [InlineData("a\u0000b")]
    [InlineData("a\uD800b")]
    public async Task A_name_that_looks_like_another_or_breaks_a_reference_is_refused(string name)
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft("good"), RegistryFixture.Author, default);
        Assert.Equal("FLY3330", Assert.Single((await fixture.Registry.Names.CreateAsync(new ModelDraft(name), RegistryFixture.Author, default)).Problems).Code);
        Assert.Equal("FLY3330", Assert.Single((await fixture.Registry.Names.RenameAsync("good", name, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal(["good"], fixture.Registry.Names.Names());
    }

    [Theory]
    [InlineData("Modèle d'été")]
    [InlineData("модель")]
    [InlineData("模型 1")]
    [InlineData("מודל")]
    [InlineData("🚀 rocket")]
    public async Task A_name_of_any_language_is_taken(string name)
    {
        await using var fixture = new RegistryFixture();
        Assert.True((await fixture.Registry.Names.CreateAsync(new ModelDraft(name), RegistryFixture.Author, default)).Ok);
    }

    [Fact]
    public async Task The_past_of_latest_is_refused_since_nobody_set_it()
    {
        await using var server = await ServerFixture.StartAsync();
        await SendAsync(server, HttpMethod.Post, "/v1/models", """{"name":"m"}""");
        var (status, answer) = await SendAsync(server, HttpMethod.Get, "/v1/models/m/aliases/Latest?as_of=2026-01-01", null);
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3335"), (status, (string)answer["code"]!));
    }

    private static async Task<IEnumerable<string>> CodesAsync(RegistryFixture fixture, params SealedFile[] files) =>
        (await fixture.Registry.Outside.CreateAsync(new VersionDraft("m", "s", files), RegistryFixture.Author, default)).Problems.Select(p => p.Code);

    private static async Task<(HttpStatusCode Status, JsonObject Answer)> SendAsync(ServerFixture server, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        using var response = await server.Client.SendAsync(request, Stop);
        return (response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!);
    }
}
