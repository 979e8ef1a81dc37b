using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Registry.Archives;
using Flyball.Registry.Attestations;

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
        var version = await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var packed = await ExportAsync();
        Assert.Equal(packed, await ExportAsync());
        var imported = await TrustedAsync(packed);
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
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
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
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync())) { [member] = Encoding.UTF8.GetBytes(content) };
        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(ArchiveFormat.Pack(members)));
        Assert.Contains(reason, refused.Problem.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task A_record_that_names_another_bundle_or_model_is_refused()
    {
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
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
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var imported = await TrustedAsync(await ExportAsync(), Gate, "roc_auc >= 0.5");
        Assert.Equal(VersionStates.Refused, imported.Version!.State);
        Assert.Equal("roc_auc >= 0.5", Assert.Single(imported.Version.Gates, g => !g.Ok).Gate);
    }

    [Fact]
    public async Task Further_members_are_carried_along()
    {
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var packed = await Archives(there).ExportAsync(RegistryFixture.Model, 1, RegistryFixture.Author, new Dictionary<string, byte[]> { ["bundle.sig"] = [1, 2, 3] }, default);
        Assert.True((await ImportAsync(packed)).Ok);
        Assert.Equal([1, 2, 3], ArchiveFormat.Unpack(packed)["extra/bundle.sig"]);
    }

    [Fact]
    public async Task A_model_that_the_project_does_not_have_and_a_version_of_files_are_refused()
    {
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var packed = await ExportAsync();
        Assert.Equal("FLY3351", (await Assert.ThrowsAsync<FlyballException>(() => Archives(here).ImportAsync(packed, new Dictionary<string, Flyball.Training.ModelPlan>(), RegistryFixture.Author, default))).Problem.Code);
        await there.OutsideAsync("churn");
        Assert.Equal("FLY3343", (await Assert.ThrowsAsync<FlyballException>(() => Archives(there).ExportAsync("churn", 1, RegistryFixture.Author, new Dictionary<string, byte[]>(), default))).Problem.Code);
    }

    [Fact]
    public async Task Gates_that_somebody_wrote_into_an_archive_do_not_count()
    {
        var refused = await there.Registry.RegisterBundleAsync(RegistryFixture.Plan([Gate]), RegistryFixture.Whole(1), RegistryFixture.Evaluation(0), RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Refused, refused.Version!.State);
        var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync()));
        var record = (JsonObject)JsonNode.Parse(members[ArchiveFormat.Version])!;
        record["state"] = "approved";
        record["author"] = "mallory";
        foreach (var gate in record["gates"]!.AsArray())
        {
            gate!["ok"] = true;
        }

        members[ArchiveFormat.Version] = Engine.Identity.CanonicalJson.Write(record);
        var forged = ArchiveFormat.Pack(members);

        // The bundle's signature is honest; the list of what is beside it is not any more.
        Assert.Equal("FLY3373", (await Assert.ThrowsAsync<FlyballException>(() => TrustedAsync(forged))).Problem.Code);
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));

        // Signed by the forger, it is not signed by whom the caller trusts.
        var own = await here.Attestor.SignArchiveAsync(members.Where(m => ArchivedAttestations.KindOf(m.Key) != AttestationKinds.Archive), default);
        var name = members.Keys.Single(k => ArchivedAttestations.KindOf(k) == AttestationKinds.Archive);
        var signed = ArchiveFormat.Pack(new Dictionary<string, byte[]>(members) { [name] = own });
        Assert.Equal("FLY3373", (await Assert.ThrowsAsync<FlyballException>(() => TrustedAsync(signed))).Problem.Code);

        // Without a key nothing in it is believed.
        var imported = (await ImportAsync(forged)).Version!;
        Assert.Equal(VersionStates.Refused, imported.State);
        Assert.All(imported.Gates, g => Assert.False(g.Ok));
        Assert.Contains("rejudge", imported.Gates[0].Detail, StringComparison.Ordinal);
        Assert.Contains("FLY3202", (await here.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "looks good", false, default)).Problems.Select(p => p.Code));
        Assert.Contains("FLY3209", here.Registry.CheckPromotion(imported).Select(p => p.Code));
    }

    [Fact]
    public async Task A_key_counts_only_from_somebody_who_may_approve()
    {
        await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        var builder = Flyball.Access.Caller.Local("cleo") with { Permissions = new HashSet<Flyball.Access.Permission> { Flyball.Access.Permission.Read, Flyball.Access.Permission.Build } };
        var imported = await Archives(here).ImportAsync(await ExportAsync(), Models(Gate), builder, default, there.Attestor.Key.PublicPem);
        Assert.Equal(VersionStates.Refused, imported.Version!.State);
    }

    [Fact]
    public async Task A_bundle_of_the_first_layout_or_without_golden_rows_is_refused_at_the_door()
    {
        await there.ApprovedAsync(1);
        Assert.Equal("FLY3356", (await Assert.ThrowsAsync<FlyballException>(async () => await ImportAsync(await ExportAsync()))).Problem.Code);
        var whole = RegistryFixture.Whole(1);
        Assert.Null(BundleDoor.Judge(whole));
        var none = whole.With(Flyball.Training.Bundles.ModelBundle.ManifestName, (whole.Manifest with { GoldenRows = 0 }).Write());
        Assert.Equal("FLY3356", BundleDoor.Judge(none)!.Code);
        Assert.Empty(here.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task A_bundle_whose_golden_row_does_not_come_out_is_refused()
    {
        var made = await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        Assert.Equal(1, made.Version);
        var members = new Dictionary<string, byte[]>(ArchiveFormat.Unpack(await ExportAsync())) { [ArchiveFormat.Bundle] = RegistryFixture.Whole(1, 0.9f).Pack() };
        var record = (JsonObject)JsonNode.Parse(members[ArchiveFormat.Version])!;
        record["digest"] = RegistryFixture.Whole(1, 0.9f).Digest.Hex;
        members[ArchiveFormat.Version] = Engine.Identity.CanonicalJson.Write(record);
        Assert.Equal("FLY3371", (await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(ArchiveFormat.Pack(members)))).Problem.Code);
    }

    [Fact]
    public async Task What_others_signed_is_kept_and_goes_out_again()
    {
        var version = await there.ApprovedAsync(1, RegistryFixture.Whole(1));
        await TrustedAsync(await ExportAsync());
        var keys = here.Attestor.Of(version.Digest).Where(a => a.Kind == AttestationKinds.ModelSignature).Select(a => a.KeyId).ToHashSet();
        Assert.Equal(new HashSet<string> { here.Attestor.Key.Id, there.Attestor.Key.Id }, keys);

        var further = await Archives(here).ExportAsync(RegistryFixture.Model, 1, RegistryFixture.Author, new Dictionary<string, byte[]>(), default);
        var told = ArchivedAttestations.Judge(further, here.Attestor.Key.PublicPem);
        Assert.Equal(2, told.Count(a => (string)a!["kind"]! == AttestationKinds.ModelSignature));
    }

    private Task<byte[]> ExportAsync() => Archives(there).ExportAsync(RegistryFixture.Model, 1, RegistryFixture.Author, new Dictionary<string, byte[]>(), default);

    private Task<VersionOutcome> ImportAsync(byte[] packed, params string[] gates) => Archives(here).ImportAsync(packed, Models(gates), Flyball.Access.Caller.Local("cleo"), default);

    /// <summary>With the key of where it comes from.</summary>
    private Task<VersionOutcome> TrustedAsync(byte[] packed, params string[] gates) =>
        Archives(here).ImportAsync(packed, Models(gates), Flyball.Access.Caller.Local("cleo"), default, there.Attestor.Key.PublicPem);

    private static Dictionary<string, Flyball.Training.ModelPlan> Models(params string[] gates) =>
        new() { [RegistryFixture.Model] = RegistryFixture.Plan(gates.Length == 0 ? [Gate] : gates) };

    private static VersionArchives Archives(RegistryFixture fixture) => new(fixture.Registry, fixture.Blobs, fixture.Trail, fixture.Attestor);
}
