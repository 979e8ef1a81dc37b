using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Lakes;
using Flyball.Tests.Workspaces;
using Flyball.Training;

namespace Flyball.Tests.Training.Jobs;

public sealed class RunIdentityTests
{
    private static readonly LakeManifest Transactions = new("transactions", new Horizon(5), [], []);
    private static readonly LakeManifest Reports = new("fraud_reports", new Horizon(5), [], []);

    [Fact]
    public void The_same_ingredients_are_the_same_run() => Assert.Equal(Of(), Of());

    [Fact]
    public void The_order_of_tables_is_no_ingredient() =>
        Assert.Equal(Of(), RunIdentity.Of(Plan(), [Reports, Transactions], 5, 6, new TrainingRequest()));

    [Fact]
    public void The_champion_is_compared_with_and_no_ingredient() =>
        Assert.Equal(Of(), RunIdentity.Of(Plan(), [Transactions, Reports], 5, 6, new TrainingRequest(ChampionBundle: new string('a', 64))));

    [Fact]
    public void The_form_of_a_definition_is_no_ingredient() =>
        Assert.Equal(Of(), Of("models/fraud.yaml", "calibrate: isotonic", "# as every week\ncalibrate:   isotonic"));

    [Theory]
    [InlineData("models/fraud.yaml", "seed: 7", "seed: 8")]
    [InlineData("models/fraud.yaml", "rounds: 120", "rounds: 121")]
    [InlineData("models/fraud.yaml", "lambda: 5", "lambda: 6")]
    [InlineData("models/fraud.yaml", "train: 70d", "train: 71d")]
    [InlineData("models/fraud.yaml", "embargo: 7d", "embargo: 8d")]
    [InlineData("models/fraud.yaml", "window: 7d", "window: 6d")]
    [InlineData("models/fraud.yaml", "absent: 0", "absent: 1")]
    [InlineData("models/fraud.yaml", "calibrate: isotonic", "calibrate: none")]
    [InlineData("models/fraud.yaml", "score >= 0.9", "score >= 0.8")]
    [InlineData("models/fraud.yaml", "\"terminal_risk.*\"", "\"terminal_risk.count_1d\"")]
    [InlineData("features/terminal_risk.yaml", "amount > 220", "amount > 210")]
    [InlineData("features/customer_activity.yaml", "max(amount) over 30d", "max(amount) over 29d")]
    [InlineData("contracts/transactions.odcs.yaml", "maximum: 10000", "maximum: 20000")]
    [InlineData("contracts/fraud_reports.odcs.yaml", "version: 1.0.0", "version: 1.1.0")]
    public void Each_definition_is_an_ingredient(string path, string old, string text) => Assert.NotEqual(Of(), Of(path, old, text));

    [Fact]
    public void Data_instant_and_request_are_ingredients()
    {
        var plan = Plan();
        Digest[] runs =
        [
            RunIdentity.Of(plan, [Transactions, Reports], 5, 6, new TrainingRequest()),
            RunIdentity.Of(plan, [Transactions with { Horizon = new Horizon(4) }, Reports], 5, 6, new TrainingRequest()),
            RunIdentity.Of(plan, [Transactions], 5, 6, new TrainingRequest()),
            RunIdentity.Of(plan, [Transactions, Reports], 6, 6, new TrainingRequest()),
            RunIdentity.Of(plan, [Transactions, Reports], 5, 7, new TrainingRequest()),
            RunIdentity.Of(plan, [Transactions, Reports], 5, 6, new TrainingRequest(PermuteLabels: 0)),
            RunIdentity.Of(plan, [Transactions, Reports], 5, 6, new TrainingRequest(PermuteLabels: 1)),
            RunIdentity.Of(plan, [Transactions, Reports], 5, 6, new TrainingRequest(GivenBundle: new string('a', 64))),
        ];

        Assert.Equal(runs.Length, runs.Distinct().Count());
    }

    private static Digest Of(string path = "models/fraud.yaml", string old = "", string text = "") =>
        RunIdentity.Of(Plan(path, old, text), [Transactions, Reports], 5, 6, new TrainingRequest());

    private static ModelPlan Plan(string path = "models/fraud.yaml", string old = "", string text = "")
    {
        using var project = new FraudProject();
        if (old.Length > 0)
        {
            project.Replace(path, old, text);
        }

        return ProjectWorkspace.Load(project).Models["fraud"];
    }
}
