using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

public sealed class FolderOrderTests
{
    // The control's own order: Registry after Contracts, and Unplaced nowhere.
    private static readonly string[] FixtureOrder =
        ["Contracts", "Features", "Registry", "Serving", "Dashboard", "Native", "Clocks", "Elsewhere"];

    [Fact]
    public void A_stage_uses_only_stages_before_it()
    {
        var assembly = Repository.Assembly("Flyball");

        Verdict.Clean(FolderOrder.Violations(assembly, FolderOrder.Flyball));
        AssertSeen("Flyball", FolderOrder.Subjects(assembly).Count());
    }

    [Fact]
    public void Each_way_of_reaching_ahead_is_found()
    {
        var violations = FolderOrder.Violations(Repository.Fixtures(), FixtureOrder);

        string[] ways =
        [
            "Field", "Base", "Attribute", "ParameterAttribute", "Argument", "Constraint`1", "Call", "GenericCall", "Closure", "Iterator",
            "TypeOf", "Catch", "NestedType", "Switch",
        ];
        Assert.All(ways, way => Assert.Contains(
            violations, v => v.StartsWith($"Flyball.Architecture.Fixtures.Contracts.AheadBy{way} uses", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_without_a_place_is_found_and_one_that_keeps_the_order_is_not()
    {
        var violations = FolderOrder.Violations(Repository.Fixtures(), FixtureOrder);

        Assert.Contains(violations, v => v.Contains("Unplaced.Lost", StringComparison.Ordinal));
        Assert.DoesNotContain(violations, v => v.Contains("Features.OnlyEarlier", StringComparison.Ordinal));
        Assert.DoesNotContain(violations, v => v.StartsWith("Flyball.Architecture.Fixtures.Registry", StringComparison.Ordinal));
    }

    [Fact]
    public void Folders_of_no_assembly_form_a_cycle()
    {
        foreach (var project in Repository.Projects)
        {
            var assembly = Repository.Assembly(project);
            Verdict.Clean(FolderCycles.Violations(assembly));
            AssertSeen(project, FolderOrder.Subjects(assembly).Count());
        }
    }

    [Fact]
    public void A_cycle_of_folders_is_found()
    {
        var violations = FolderCycles.Violations(Repository.Fixtures());

        Assert.Contains(violations, v => v.Contains("'Contracts' and 'Registry'", StringComparison.Ordinal));
        Assert.DoesNotContain(violations, v => v.Contains("'Features'", StringComparison.Ordinal));
    }

    // A project without a source file has nothing to look at; one with sources must have shown its types.
    private static void AssertSeen(string project, int subjects)
    {
        if (Repository.SourceFiles(Repository.FolderOf(project)).Any())
        {
            Assert.True(subjects > 0, $"the rule saw no type of {project}");
        }
    }
}
