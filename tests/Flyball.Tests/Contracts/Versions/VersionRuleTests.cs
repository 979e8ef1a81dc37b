using Flyball.Contracts;
using Flyball.Contracts.Versions;

namespace Flyball.Tests.Contracts.Versions;

public class VersionRuleTests
{
    private const string Words = "purpose: Authorised card transactions";
    private const string Bound = "maximum: 10000";

    [Theory]
    [InlineData(Bound, "maximum: 5000", "1.1.0", "FLY1261", "2.0.0")]
    [InlineData(Bound, "maximum: 5000", "2.0.0", null, null)]
    [InlineData(Bound, "maximum: 20000", "1.0.1", "FLY1261", "1.1.0")]
    [InlineData(Bound, "maximum: 20000", "1.1.0", null, null)]
    [InlineData(Words, "purpose: Cards", "1.0.1", null, null)]
    [InlineData(Words, "purpose: Cards", "1.0.0", "FLY1262", "1.0.1")]
    [InlineData(Words, "purpose: Cards", "1", "FLY1262", "1.0.1")]
    [InlineData(Words, "purpose: Cards", "0.9.0", "FLY1263", "1.0.1")]
    [InlineData(Words, "purpose: Cards", "next", "FLY1260", "numbers")]
    public void AStep_IsJudgedByWhatChanged(string old, string text, string version, string? code, string? remedy)
    {
        var now = Sample.Compile(Sample.TransactionsYaml.Replace(old, text, StringComparison.Ordinal).Replace("version: 1.0.0", $"version: {version}", StringComparison.Ordinal));

        var problem = VersionRule.Check(Sample.Transactions, now, ContractDifference.Between(Sample.Transactions, now));

        Assert.Equal(code, problem?.Code);
        Assert.Contains(remedy ?? "", problem?.Remedy ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "1.0.0")]
    [InlineData("v2.3", "2.3.0")]
    [InlineData("10.20.30", "10.20.30")]
    [InlineData("1.2.3.4", null)]
    [InlineData("1.-2", null)]
    [InlineData("1.2-beta", null)]
    [InlineData("", null)]
    [InlineData("99999999999", null)]
    public void AVersion_IsOneToThreeNumbers(string text, string? read) =>
        Assert.Equal(read, ContractVersion.TryParse(text, out var version) ? version.ToString() : null);

    [Fact]
    public void OnlyAnotherVersion_IsAPatch()
    {
        var now = Sample.Compile(Sample.TransactionsYaml.Replace("version: 1.0.0", "version: 1.0.1", StringComparison.Ordinal));

        Assert.Null(VersionRule.Check(Sample.Transactions, now, ContractDifference.Between(Sample.Transactions, now)));
    }
}
