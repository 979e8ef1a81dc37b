using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Features;

/// <summary>Feature views over the sample contracts, and short ways to compile others.</summary>
internal static class SampleViews
{
    public const string Customer = """
        features: customer
        entity: customer_id
        source: transactions
        owner: ann@example.com
        description: How a customer pays
        features:
          n_1d:   count() over 1d
          mean_7d: mean(amount) over 7d
          max_7d: max(amount) over 7d
          large_share:
            expr: mean(if(amount > 50, 1, 0)) over 30d
            unit: ratio
            description: Share of large payments
            checks: { range: [0, 1] }
        """;

    public const string Terminal = """
        features: terminal
        entity: terminal_id
        source: transactions
        features:
          sum_1d: sum(amount) over 1d
          min_7d: min(amount) over 7d
          large_7d: count() over 7d where amount > 50
        """;

    public const string Request = """
        features: request
        inputs: transactions
        features:
          amount: amount
          night: hour(event_time) < 6
          against_mean: amount / customer.mean_7d
          against_terminal: amount - terminal.min_7d
        """;

    public static IReadOnlyDictionary<string, ContractPlan> Contracts { get; } =
        new[] { Sample.Transactions, Sample.Keyless, Sample.Everything }.ToDictionary(c => c.Source);

    public static FeaturePlans Compile(params string[] yaml)
    {
        var plans = Compile(out var problems, yaml);
        Assert.Empty(problems);
        return plans;
    }

    /// <summary>The same over other contracts.</summary>
    public static FeaturePlans Compile(ContractPlan transactions, params string[] yaml)
    {
        var plans = Compile(new Dictionary<string, ContractPlan>(Contracts) { ["transactions"] = transactions }, out var problems, yaml);
        Assert.Empty(problems);
        return plans;
    }

    public static FeaturePlans Compile(out ProblemList problems, params string[] yaml) => Compile(Contracts, out problems, yaml);

    private static FeaturePlans Compile(IReadOnlyDictionary<string, ContractPlan> contracts, out ProblemList problems, string[] yaml)
    {
        var found = new ProblemList();
        var definitions = yaml.Select((text, i) => FeatureViewDefinition.Read(YamlSection.Parse($"features/{i}.yaml", text, found)!)).OfType<FeatureViewDefinition>().ToList();
        problems = found;
        return FeaturePlans.Compile(definitions, contracts, found);
    }

    public static FeatureVectorPlan Vector(FeaturePlans plans, params string[] patterns) => Vector(plans, [], patterns);

    public static FeatureVectorPlan Vector(FeaturePlans plans, Dictionary<string, string> entities, params string[] patterns)
    {
        var problems = new ProblemList();
        var vector = FeatureVectorPlan.Compile(plans, Sample.Transactions, patterns, entities, new ProblemLocation("models/m.yaml"), problems);
        Assert.Empty(problems);
        return vector!;
    }
}
