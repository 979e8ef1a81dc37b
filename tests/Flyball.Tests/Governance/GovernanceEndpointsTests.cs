using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Governance;
using Flyball.Storage.Audit;
using Flyball.Tests.Time;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Governance;

public sealed class GovernanceEndpointsTests : IAsyncLifetime
{
    private const int Written = 300;
    private const string Key = "an auditor's key";
    private const string Other = "an operator's key";

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-governance-").FullName;
    private Workspace workspace = null!;
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        workspace = Workspace.Open(folder, new ManualTimeProvider(), []);
        await Task.WhenAll(Enumerable.Range(0, Written).Select(i =>
            workspace.Audit.AppendAsync(new AuditEntry("ann", "key", "model.look", "model", $"m{i}") { Decision = AuditDecision.Allow }, default).AsTask()));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(workspace);
        builder.Services.AddGovernance();
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions
        {
            Keys =
            [
                new ApiKey("auditor", Digest.Of(Key), new HashSet<Permission> { Permission.Audit }),
                new ApiKey("operator", Digest.Of(Other), Enum.GetValues<Permission>().Where(p => p != Permission.Audit).ToHashSet()),
            ],
        });
        app.MapGovernance();
        await app.StartAsync();
        client = app.GetTestClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await workspace.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Entries_come_in_pages()
    {
        var page = await GetAsync("/v1/audit?from=298&count=10");

        Assert.Equal(Written, (long)page["size"]!);
        Assert.Equal([298, 299], page["entries"]!.AsArray().Select(e => (long)e!["index"]!));
        Assert.Equal(100, (await GetAsync("/v1/audit"))["entries"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(new Uri("/v1/audit?from=-1", UriKind.Relative), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_good_log_verifies()
    {
        var found = await GetAsync("/v1/audit/verify");

        Assert.Equal((Written, true), ((int)found["entries"]!, (bool)found["verified"]!));
        Assert.False(found.ContainsKey("difference"));
    }

    [Fact]
    public async Task A_flipped_byte_is_told_with_its_file()
    {
        var file = Path.Combine(workspace.Directory.Audit, "tile", "entries", "000");
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);

        var found = await GetAsync("/v1/audit/verify");

        Assert.False((bool)found["verified"]!);
        Assert.Contains("tile/", (string)found["difference"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_the_checkpoint_and_the_tiles_computes_the_signed_root()
    {
        var checkpoint = await client.GetStringAsync(new Uri("/v1/audit/checkpoint", UriKind.Relative), Cancellation);
        var lines = checkpoint.Split('\n');
        Assert.Equal("300", lines[1]);

        var leaves = (await BytesAsync("0/000")).Concat(await BytesAsync("0/001.p/44")).Chunk(32).ToList();

        Assert.Equal(Written, leaves.Count);
        Assert.Equal(lines[2], Convert.ToBase64String(Root(leaves)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(workspace.Directory.Audit, "tile", "entries", "000")), await BytesAsync("entries/000"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(299)]
    public async Task A_proof_leads_from_the_entry_to_the_signed_root(int index)
    {
        var proof = await GetAsync($"/v1/audit/proof/{index}");
        var entry = Encoding.UTF8.GetBytes((string)proof["entry"]!);
        var leaf = SHA256.HashData([0, .. entry]);

        Assert.Equal(Convert.ToBase64String(leaf), (string)proof["leaf"]!);
        Assert.Equal($"m{index}", (string)JsonNode.Parse(entry)!["object_id"]!);
        var path = new Queue<byte[]>(proof["hashes"]!.AsArray().Select(h => Convert.FromBase64String((string)h!)));
        Assert.Equal(((string)proof["checkpoint"]!).Split('\n')[2], Convert.ToBase64String(Fold(leaf, index, Written - 1, path)));
        Assert.Empty(path);
    }

    [Fact]
    public async Task There_is_no_proof_of_an_entry_that_is_not_there()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/v1/audit/proof/300", UriKind.Relative), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/v1/audit/proof/-1", UriKind.Relative), Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("0/002")]
    [InlineData("..%2f..%2fkeys%2faudit.key")]
    [InlineData("0/..%2f..%2f..%2fkeys%2faudit.key")]
    [InlineData("%2e%2e/%2e%2e/keys/audit.key")]
    public async Task A_path_that_is_no_tile_finds_nothing(string path)
    {
        var answer = await client.GetAsync(new Uri($"/v1/audit/tile/{path}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("PRIVATE", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_route_needs_the_permission_to_audit()
    {
        var routes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        Assert.Equal(5, routes.Count);
        Assert.All(routes, r => Assert.Equal(Permission.Audit, r.Metadata.GetMetadata<PermissionMetadata>()?.Permission));
        client.DefaultRequestHeaders.Authorization = new("Bearer", Other);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(new Uri("/v1/audit", UriKind.Relative), Cancellation)).StatusCode);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<JsonObject> GetAsync(string path) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!.AsObject();

    private Task<byte[]> BytesAsync(string tile) => client.GetByteArrayAsync(new Uri($"/v1/audit/tile/{tile}", UriKind.Relative), Cancellation);

    /// <summary>RFC 6962, 2.1, as it is written there.</summary>
    private static byte[] Root(List<byte[]> leaves)
    {
        if (leaves.Count == 1)
        {
            return leaves[0];
        }

        var split = 1;
        while (split * 2 < leaves.Count)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }

    /// <summary>RFC 9162, 2.1.3.2.</summary>
    private static byte[] Fold(byte[] leaf, long at, long last, Queue<byte[]> path)
    {
        var hash = leaf;
        while (path.TryDequeue(out var sibling))
        {
            if (at % 2 == 1 || at == last)
            {
                hash = SHA256.HashData([1, .. sibling, .. hash]);
                while (at % 2 == 0 && at != 0)
                {
                    (at, last) = (at / 2, last / 2);
                }
            }
            else
            {
                hash = SHA256.HashData([1, .. hash, .. sibling]);
            }

            (at, last) = (at / 2, last / 2);
        }

        return hash;
    }
}
