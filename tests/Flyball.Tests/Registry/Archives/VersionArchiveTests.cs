using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Registry.Archives;

namespace Flyball.Tests.Registry.Archives;

public sealed class VersionArchiveTests : IAsyncDisposable
{
    private const string Gate = "average_precision >= 0.5";
    private readonly RegistryFixture here = new();
    private readonly RegistryFixture there = new();

    public async ValueTask DisposeAsync()
    {
        await here.DisposeAsync();
        await there.DisposeAsync();
    }

    [Fact]
    public async Task An_exported_version_is_the_same_bytes_each_time_and_is_registered_elsewhere_without_its_approvals()
    {
        var version = await there.ApprovedAsync(1);
        var packed = await ExportAsync();
        Assert.Equal(packed, await ExportAsync());
        var imported = await ImportAsync(packed);
        Assert.Equal((VersionStates.Registered, version.Digest, "ann"), (imported.Version!.State, imported.Version.Digest, imported.Version.Author));
        Assert.Empty(here.Registry.Approvals(RegistryFixture.Model, 1));
        Assert.Equal(["FLY3209"], (await here.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, null, null, default)).Problems.Select(p => p.Code));
        var evidence = Archives(here).EvidenceOf(here.Registry.Labels.Find(RegistryFixture.Model, 1)!)!;
        Assert.Equal(("bob", "approved"), ((string)evidence["approvals"]![0]!["actor"]!, (string)evidence["approvals"]![0]!["decision"]!));
        Assert.Equal(version.Digest, here.Registry.ReadBundle(version.Digest).Digest);

        // Once more is the same version.
        Assert.Equal(1, (await ImportAsync(packed)).Version!.Version);
        Assert.Single(here.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task A_byte_changed_anywhere_is_refused_and_registers_nothing()
    {
        await there.ApprovedAsync(1);
        var packed = await ExportAsync();
        for (var at = 0; at < packed.Length; at += 37)
        {
            var harmed = (byte[])packed.Clone();
            harmed[at] ^= 1;
            var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(harmed));
            Assert.True(refused.Problem.Code is "FLY3350" || refused.Problem.Code.StartsWith("FLY116", StringComparison.Ordinal), $"byte {at}: {refused.Problem.Code}");
        }

        await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(packed[..^1]));
        await Assert.ThrowsAsync<FlyballException>(() => ImportAsync([.. packed, 0]));
        await Assert.ThrowsAsync<FlyballException>(() => ImportAsync([]));
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
        Assert.Empty(here.Decisions("version.register"));
    }

    [Theory]
    [InlineData("payload.exe", "x", "does not belong")]
    [InlineData("../version.json", "x", "does not belong")]
    [InlineData("extra/../x", "x", "does not belong")]
    [InlineData("approvals.json", "not json", "cannot be read")]
    [InlineData("version.json", "{}", "incomplete")]
    [InlineData("bundle.zip", "zip", "bundle")]
    public async Task A_well_packed_archive_with_something_foreign_in_it_is_refused_with_the_reason(string member, string content, string reason)
    {
        await there.ApprovedAsync(1);
        var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync())) { [member] = Encoding.UTF8.GetBytes(content) };
        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(ArchiveFormat.Pack(members)));
        Assert.Contains(reason, refused.Problem.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task A_record_that_names_another_bundle_or_model_is_refused()
    {
        await there.ApprovedAsync(1);
        foreach (var (field, value) in new[] { ("digest", new string('0', 64)), ("model", "other"), ("run_id", "x") })
        {
            var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync()));
            var record = (JsonObject)JsonNode.Parse(members[ArchiveFormat.Version])!;
            record[field] = value;
            members[ArchiveFormat.Version] = Engine.Identity.CanonicalJson.Write(record);
            await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(ArchiveFormat.Pack(members)));
        }

        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
    }

    [Theory]
    [InlineData("""[null]""")]
    [InlineData("""[{"gate":null,"ok":true,"detail":"x"}]""")]
    [InlineData("""[{"gate":"x","ok":true,"detail":null}]""")]
    [InlineData("""[{}]""")]
    [InlineData("""null""")]
    public async Task A_record_with_something_missing_among_its_gates_is_refused(string gates)
    {
        await there.ApprovedAsync(1);
        var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync()));
        var record = (JsonObject)JsonNode.Parse(members[ArchiveFormat.Version])!;
        record["gates"] = JsonNode.Parse(gates);
        members[ArchiveFormat.Version] = Engine.Identity.CanonicalJson.Write(record);
        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(ArchiveFormat.Pack(members)));
        Assert.Equal("FLY3350", refused.Problem.Code);
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task A_gate_that_the_archive_does_not_answer_fails()
    {
        await there.ApprovedAsync(1);
        var imported = await ImportAsync(await ExportAsync(), Gate, "roc_auc >= 0.5");
        Assert.Equal(VersionStates.Refused, imported.Version!.State);
        Assert.Equal("roc_auc >= 0.5", Assert.Single(imported.Version.Gates, g => !g.Ok).Gate);
    }

    [Fact]
    public async Task Further_members_are_carried_along()
    {
        await there.ApprovedAsync(1);
        var packed = await Archives(there).ExportAsync(RegistryFixture.Model, 1, RegistryFixture.Author, new Dictionary<string, byte[]> { ["bundle.sig"] = [1, 2, 3] }, default);
        Assert.True((await ImportAsync(packed)).Ok);
        Assert.Equal([1, 2, 3], ArchiveFormat.Unpack(packed)["extra/bundle.sig"]);
    }

    [Fact]
    public async Task A_model_that_the_project_does_not_have_and_a_version_of_files_are_refused()
    {
        await there.ApprovedAsync(1);
        var packed = await ExportAsync();
        Assert.Equal("FLY3351", (await Assert.ThrowsAsync<FlyballException>(() => Archives(here).ImportAsync(packed, new Dictionary<string, Flyball.Training.ModelPlan>(), RegistryFixture.Author, default))).Problem.Code);
        await there.OutsideAsync("churn");
        Assert.Equal("FLY3343", (await Assert.ThrowsAsync<FlyballException>(() => Archives(there).ExportAsync("churn", 1, RegistryFixture.Author, new Dictionary<string, byte[]>(), default))).Problem.Code);
    }

    private Task<byte[]> ExportAsync() => Archives(there).ExportAsync(RegistryFixture.Model, 1, RegistryFixture.Author, new Dictionary<string, byte[]>(), default);

    private Task<VersionOutcome> ImportAsync(byte[] packed, params string[] gates) => Archives(here).ImportAsync(
        packed,
        new Dictionary<string, Flyball.Training.ModelPlan> { [RegistryFixture.Model] = RegistryFixture.Plan(gates.Length == 0 ? [Gate] : gates) },
        Flyball.Access.Caller.Local("cleo"),
        default);

    private static VersionArchives Archives(RegistryFixture fixture) => new(fixture.Registry, fixture.Blobs, fixture.Trail);
}
