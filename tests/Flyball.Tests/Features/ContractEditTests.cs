using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Tests.Workspaces;
using Flyball.Training;

namespace Flyball.Tests.Features;

/// <summary>What an edit of a contract does to features, and to rows that were stored before it.</summary>
public class ContractEditTests
{
    private const string Transactions = "contracts/transactions.odcs.yaml";

    [Theory]
    [InlineData("maximum: 10000", "maximum: 20000", true)]
    [InlineData("One row for each card payment", "A row for each payment", true)]
    [InlineData("    quality:\n", "      - name: country\n        logicalType: string\n    quality:\n", true)]
    [InlineData("- name: amount\n        logicalType: number\n        logicalTypeOptions: { minimum: 0, maximum: 10000 }", "- name: amount\n        logicalType: integer", false)]
    public void AFeature_KeepsItsMeaning_UnlessWhatItReadsChanges(string old, string text, bool keeps)
    {
        using var project = new FraudProject();
        var before = ProjectWorkspace.Load(project).Models["fraud"].Vector;
        project.Replace(Transactions, old, text);
        var after = ProjectWorkspace.Load(project).Models["fraud"].Vector;

        Assert.Equal(keeps, before.Digest == after.Digest);
        Assert.Equal(keeps, Definition(before, "customer_activity.amount_mean_7d") == Definition(after, "customer_activity.amount_mean_7d"));
        Assert.Equal(Definition(before, "customer_activity.count_7d"), Definition(after, "customer_activity.count_7d"));
    }

    [Fact]
    public async Task RowsOfTheLake_AreReadWithColumnsThatCameLater_AndUnreadableOnesArePassedOver()
    {
        await using var world = new ProjectWorkspace(new FraudProject());
        var at = EventTime.From(world.Time.GetUtcNow());
        await world.IngestAsync("transactions", ProjectWorkspace.Payment(1, at, 1, 1, 10), ProjectWorkspace.Payment(2, at, 1, 1, 20.5m));
        var rows = new List<double?>();

        // Before anything is in the lake: amount was a number and is an integer now, so the second row cannot be read.
        world.Project.Replace(Transactions, "- name: amount\n        logicalType: number\n        logicalTypeOptions: { minimum: 0, maximum: 10000 }", "- name: amount\n        logicalType: integer");
        var integers = ProjectWorkspace.Load(world.Project).Contracts["transactions"];
        var manifest = EventLake.Extend(world.Workspace.Events, world.Workspace.Lake, [integers], world.Events.Applied)[0];
        EventLake.Read(world.LakeFolder, manifest, integers, (_, _, row) => rows.Add(row[integers.Schema.IndexOf("amount")].AsInteger));
        Assert.Equal([10], rows);

        // After the table was written: a column that came later is null in its rows.
        world.Project.Replace(Transactions, "    quality:\n", "      - name: country\n        logicalType: string\n    quality:\n");
        var wider = ProjectWorkspace.Load(world.Project).Contracts["transactions"];
        manifest = EventLake.Extend(world.Workspace.Events, world.Workspace.Lake, [wider], world.Events.Applied)[0];
        var countries = new List<bool>();
        EventLake.Read(world.LakeFolder, manifest, wider, (_, _, row) => countries.Add(row[wider.Schema.IndexOf("country")].IsNull && row[wider.Schema.IndexOf("amount")].AsInteger == 10));
        Assert.Equal([true], countries);
    }

    private static Engine.Identity.Digest Definition(FeatureVectorPlan vector, string name) => vector.Columns.Single(c => c.Name == name).Definition;
}
