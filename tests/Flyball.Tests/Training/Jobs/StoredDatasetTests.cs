using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Tests.Workspaces;
using Flyball.Training.Datasets;
using Flyball.Training.Encodings;

namespace Flyball.Tests.Training.Jobs;

/// <summary>Feature values are computed once for all runs over the same rows, and again when what is stored cannot be trusted.</summary>
[Collection(TrainingJobs.Name)]
public sealed class StoredDatasetTests(TrainingJobFixture fixture)
{
    private const string Basis = "of one run";

    [Fact]
    public void What_one_run_computed_another_takes_and_ends_with_the_same_bytes()
    {
        using var store = new Store();
        var first = fixture.Run(Offered(store));
        var second = fixture.Run(Offered(store));
        using var project = TrainingJobFixture.SmallProject().Replace("models/fraud.yaml", "seed: 7", "seed: 8");
        var other = fixture.Run(Offered(store, project));

        Assert.Equal(("done", "cached", "cached"), (StateOf(first), StateOf(second), StateOf(other)));
        Assert.Equal(fixture.Usual.Job.Bundle, first.Bundle);
        Assert.Equal(first.Bundle, second.Bundle);
        Assert.Equal(first.Evaluation, second.Evaluation);
        Assert.NotEqual(first.Bundle, other.Bundle);
        Assert.Single(store.Files);
    }

    [Fact]
    public void Other_rows_other_categories_or_another_basis_are_another_set()
    {
        using var store = new Store();
        var model = fixture.World.Plan.Models["fraud"];
        var shape = new RawShape(model.Vector, [], fixture.World.Plan.Disclosure);
        var coded = new RawShape(model.Vector, [new EncodingDefinition(model.Vector.Columns[0].Name, "one-hot", 0)], fixture.World.Plan.Disclosure);
        long[][] rows = [[1, 2], [3], [4]];
        Digest[] keys =
        [
            store.Sets.KeyOf(shape, rows),
            store.Sets.KeyOf(shape, [[1], [2, 3], [4]]),
            store.Sets.KeyOf(shape, [[2, 1], [3], [4]]),
            store.Sets.KeyOf(coded, rows),
            new StoredDatasets(store.Folder, "of another run", TimeProvider.System).KeyOf(shape, rows),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], store.Sets.KeyOf(new RawShape(model.Vector, [], fixture.World.Plan.Disclosure), rows));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("cut off")]
    [InlineData("longer")]
    [InlineData("empty")]
    public void A_damaged_file_is_not_read_and_made_again(string damage)
    {
        using var store = new Store();
        var shape = Shape();
        var asked = store.Sets.KeyOf(shape, [[1, 2], [3], [4]]);
        store.Sets.Write(asked, shape, [[1, 2, 3, 4], [5, float.NaN], [7, 8]]);
        Assert.Equal([5, float.NaN], store.Sets.Read(asked, Shape(), [4, 2, 2])!.Value.Parts[1]);
        var file = Assert.Single(store.Files);
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, damage switch
        {
            "changed" => [.. bytes[..60], (byte)(bytes[60] ^ 1), .. bytes[61..]],
            "cut off" => bytes[..^5],
            "longer" => [.. bytes, 0],
            _ => [],
        });

        Assert.Null(store.Sets.Read(asked, Shape(), [4, 2, 2]));
        Assert.Empty(store.Files);
        RawShape Shape() => new(fixture.World.Plan.Models["fraud"].Vector, [], fixture.World.Plan.Disclosure);
    }

    [Fact]
    public void The_sets_used_longest_ago_go_first_and_broken_writes_always()
    {
        using var store = new Store();
        foreach (var (name, day) in new[] { ("old.set", 1), ("used.set", 3), ("young.set", 2), ("broken.set.part", 4) })
        {
            var path = Path.Combine(store.Folder, name);
            File.WriteAllBytes(path, new byte[100]);
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, day, 0, 0, 0, DateTimeKind.Utc));
        }

        StoredDatasets.Clear(store.Folder, 250);
        Assert.Equal(["used.set", "young.set"], store.Files.Select(Path.GetFileName).Order());
        StoredDatasets.Clear(store.Folder, 0);
        Assert.Empty(store.Files);
    }

    [Fact]
    public void The_basis_is_the_data_the_features_the_label_and_the_program_and_not_the_trainer()
    {
        JsonObject identity = new() { ["tables"] = new JsonArray("a 1"), ["horizon"] = 5, ["as_of"] = 6, ["features"] = "f", ["label"] = "l", ["program"] = "p", ["trainer"] = "t" };
        var basis = StoredDatasets.BasisOf(identity);

        Assert.Equal(basis, StoredDatasets.BasisOf(With("trainer", "u")));
        Assert.All(["tables", "horizon", "as_of", "features", "label", "program", "request_contract", "label_contract"], name => Assert.NotEqual(basis, StoredDatasets.BasisOf(With(name, "x"))));

        JsonObject With(string name, string value)
        {
            var changed = (JsonObject)identity.DeepClone();
            changed[name] = value;
            return changed;
        }
    }

    private string Offered(Store store, FraudProject? project = null)
    {
        var directory = fixture.Prepare(project is null ? null : ProjectWorkspace.Load(project));
        StoredDatasets.Offer(directory, store.Folder, Basis);
        return directory;
    }

    private static string StateOf(FinishedJob job) =>
        (string)job.Reported.Select(r => JsonNode.Parse(r)!).Single(r => (string?)r["step"] == "features" && r["started_at"] is not null)["state"]!;

    private sealed class Store : IDisposable
    {
        public Store() => Sets = new StoredDatasets(Folder, Basis, TimeProvider.System);

        public string Folder { get; } = Directory.CreateTempSubdirectory("flyball-sets-").FullName;

        public StoredDatasets Sets { get; }

        public string[] Files => Directory.GetFiles(Folder);

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
