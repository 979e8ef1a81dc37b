using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

/// <summary>A user who sees a code finds one row about it, and a code never has two meanings.</summary>
public sealed class ErrorCodesTests
{
    [Fact]
    public void Every_code_has_one_row_in_the_reference_and_every_row_a_code()
    {
        var codes = ErrorCodes.InSources();

        Assert.True(codes.Count > 100, $"the rule saw {codes.Count} codes");
        Verdict.Clean(ErrorCodes.RowViolations(codes.Keys, Reference()));
    }

    [Fact]
    public void A_code_is_made_in_one_folder_unless_it_is_listed_as_shared() =>
        Verdict.Clean(ErrorCodes.FolderViolations(ErrorCodes.InSources(), ErrorCodes.Shared));

    [Fact]
    public void Missing_stale_and_double_rows_are_found()
    {
        const string reference = """
            | code | meaning |
            |---|---|
            | FLY1001 | one |
            | FLY1003 | nobody makes it |
            | FLY1004 | twice |
            | FLY1004 | twice |

            FLY1002 in prose is no row.
            """;

        Assert.Equal(
            [
                "FLY1002 has no row in docs/reference/errors.md",
                "FLY1003 has a row in docs/reference/errors.md, and no code in src/ makes it",
                "FLY1004 has 2 rows in docs/reference/errors.md",
            ],
            ErrorCodes.RowViolations(["FLY1001", "FLY1002", "FLY1004"], reference));
    }

    [Fact]
    public void A_code_with_two_makers_and_a_stale_exception_are_found()
    {
        var codes = ErrorCodes.Find(
        [
            ("Flyball/Training", "    new Problem(\"FLY1170\");"),
            ("Flyball/Rollout", "    new Problem(\"FLY1170\");\n    /// FLY1171 in a comment is made nowhere."),
            ("Flyball/Registry", "    // FLY1170 neither\n    Refuse(\"FLY3204\");"),
        ]);

        Assert.Equal(
            [
                "FLY1170 is made in Flyball/Rollout and Flyball/Training: give the later one a code of its own",
                "FLY3204 is listed as shared by Flyball/Registry, Flyball/Retraining, and is made in Flyball/Registry",
            ],
            ErrorCodes.FolderViolations(codes, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["FLY3204"] = ["Flyball/Registry", "Flyball/Retraining"] }));
    }

    private static string Reference() => File.ReadAllText(Path.Combine(Repository.Root(), "docs", "reference", "errors.md"));
}
