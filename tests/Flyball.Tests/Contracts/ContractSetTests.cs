using Flyball.Contracts;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

public sealed class ContractSetTests
{
    [Fact]
    public void A_file_with_problems_is_left_out_and_the_others_compile()
    {
        var problems = new ProblemList();

        var set = ContractSet.Compile([File("a.yaml", Sample.TransactionsYaml, problems), File("b.yaml", Sample.KeylessYaml.Replace("kind: DataContract", "kind: x", StringComparison.Ordinal), problems)], problems);

        Assert.Equal("transactions", Assert.Single(set.Plans).Source);
        Assert.Equal("b.yaml", Assert.Single(problems).Where!.File);
        Assert.NotNull(set.Find("transactions"));
        Assert.Null(set.Find("clicks"));
    }

    [Fact]
    public void Two_contracts_of_one_source_are_refused_and_the_first_file_is_named()
    {
        var problems = new ProblemList();

        var set = ContractSet.Compile([File("a.yaml", Sample.KeylessYaml, problems), File("b.yaml", Sample.KeylessYaml, problems)], problems);

        Assert.Single(set.Plans);
        Assert.Equal("FLY1108", Assert.Single(problems).Code);
        Assert.Contains("a.yaml", problems[0].Message, StringComparison.Ordinal);
    }

    private static ProjectFile File(string path, string yaml, ProblemList problems) => new(path, YamlSection.Parse(path, yaml, problems)!);
}
