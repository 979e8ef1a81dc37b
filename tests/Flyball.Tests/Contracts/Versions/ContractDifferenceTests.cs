using Flyball.Contracts.Versions;

namespace Flyball.Tests.Contracts.Versions;

public class ContractDifferenceTests
{
    [Theory]
    [InlineData("maximum: 10000", "maximum: 20000", "range widened", VersionStep.Minor)]
    [InlineData("maximum: 10000", "maximum: 5000", "range narrowed", VersionStep.Major)]
    [InlineData("maximum: 10000", "exclusiveMaximum: 10000", "range narrowed", VersionStep.Major)]
    [InlineData("minimum: 0, maximum: 10000", "maximum: 10000", "range widened", VersionStep.Minor)]
    [InlineData("minimum: 0, maximum: 10000", "minimum: 0, maximum: 10000, multipleOf: 0.01", "step narrowed", VersionStep.Major)]
    [InlineData("- name: terminal_id\n        logicalType: integer", "- name: terminal_id\n        logicalType: number", "type changed", VersionStep.Major)]
    [InlineData("- name: amount\n        logicalType: number\n        required: true", "- name: amount\n        logicalType: number", "required dropped", VersionStep.Minor)]
    [InlineData("value: EUR", "value: USD", "unit changed", VersionStep.Major)]
    [InlineData("property: entity, value: terminal", "property: entity, value: shop", "entity changed", VersionStep.Major)]
    [InlineData("purpose: Authorised card transactions", "purpose: Card transactions", "description changed", VersionStep.Patch)]
    [InlineData("value: 1, unit: h", "value: 2, unit: h", "service levels changed", VersionStep.Minor)]
    [InlineData("- name: terminal_id", "- name: terminal", "removed", VersionStep.Major)]
    [InlineData("- name: terminal_id\n        logicalType: integer\n        required: true", "- name: terminal_id\n        logicalType: integer\n        required: true\n        classification: restricted", "classification changed", VersionStep.Major)]
    [InlineData("- name: terminal_id\n        logicalType: integer", "- name: terminal_id\n        unique: true\n        logicalType: integer", "unique", VersionStep.Major)]
    public void OneEdit_IsNamedWithItsStep(string old, string text, string change, VersionStep step)
    {
        var (was, now) = (Sample.TransactionsYaml, Replace(Sample.TransactionsYaml, old, text));

        var found = ContractDifference.Between(Sample.Compile(was), Sample.Compile(now));

        Assert.Contains(found, c => c.Change == change && c.Step == step);
        Assert.Equal(step, VersionRule.StepOf([.. found.Where(c => c.Change == change)]));
    }

    [Fact]
    public void ANewColumn_IsCompatibleOnlyWhenItMayBeAbsent()
    {
        const string Optional = "\n      - name: country\n        logicalType: string";
        var was = Sample.Transactions;

        var optional = Assert.Single(ContractDifference.Between(was, Sample.Compile(Sample.TransactionsYaml + Optional)));
        var required = Assert.Single(ContractDifference.Between(was, Sample.Compile(Sample.TransactionsYaml + Optional + "\n        required: true")));

        Assert.Equal(("country", "compatible"), (optional.Field, optional.Kind));
        Assert.Equal(("country", "breaking"), (required.Field, required.Kind));
    }

    [Fact]
    public void ARename_IsARemovalThatNamesTheLikelyTwin()
    {
        var changes = ContractDifference.Between(Sample.Transactions, Sample.Compile(Replace(Sample.TransactionsYaml, "- name: terminal_id", "- name: terminal")));

        Assert.Contains("terminal now", Assert.Single(changes, c => c.Change == "removed").Reason, StringComparison.Ordinal);
        Assert.Contains(changes, c => c is { Field: "terminal", Change: "added, required" });
    }

    [Fact]
    public void TheSameContractInOtherWriting_HasNoChange()
    {
        var commented = "# a comment\n" + Replace(Sample.TransactionsYaml, "maximum: 10000", "maximum: 1.0e4").Replace("minimum: 0, maximum: 1.0e4", "maximum: 10000, minimum: 0", StringComparison.Ordinal);

        Assert.Empty(ContractDifference.Between(Sample.Transactions, Sample.Compile(commented)));
    }

    [Theory]
    [InlineData("maximum: 9", "maximum: 3", true)]
    [InlineData("exclusiveMaximum: 10", "maximum: 9", false)]
    [InlineData("minimum: 0, exclusiveMinimum: true", "minimum: 1", false)]
    [InlineData("format: i16", "format: i8", true)]
    [InlineData("maximum: 127, minimum: -128", "format: i8", false)]
    public void BoundsOfWholeNumbers_AreComparedAsTheGateReadsThem(string old, string text, bool isNarrower)
    {
        string With(string options) => Replace(Sample.TransactionsYaml, "- name: terminal_id\n        logicalType: integer", $"- name: terminal_id\n        logicalType: integer\n        logicalTypeOptions: {{ {options} }}");

        var changes = ContractDifference.Between(Sample.Compile(With(old)), Sample.Compile(With(text)));

        Assert.Equal(isNarrower, changes.Any(c => c.IsBreaking));
    }

    [Fact]
    public void AQualityRule_BreaksWhenItCanPutRowsAside()
    {
        string With(string rule) => Sample.TransactionsYaml + "\n        quality:\n          - " + rule;
        const string Valid = "{ metric: invalidValues, arguments: { validValues: [1, 2] }, mustBe: 0 }";
        const string More = "{ metric: invalidValues, arguments: { validValues: [1, 2, 3] }, mustBe: 0 }";

        Assert.Equal(VersionStep.Major, Step(Sample.TransactionsYaml, With(Valid)));
        Assert.Equal(VersionStep.Minor, Step(With(Valid), Sample.TransactionsYaml));
        Assert.Equal(VersionStep.Minor, Step(With(Valid), With(More)));
        Assert.Equal(VersionStep.Major, Step(With(More), With(Valid)));
        Assert.Equal(VersionStep.Minor, Step(Sample.TransactionsYaml, With("{ type: text, description: Looks right }")));
    }

    private static VersionStep Step(string was, string now) => VersionRule.StepOf(ContractDifference.Between(Sample.Compile(was), Sample.Compile(now)));

    private static string Replace(string text, string old, string by)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, by, StringComparison.Ordinal);
    }
}
