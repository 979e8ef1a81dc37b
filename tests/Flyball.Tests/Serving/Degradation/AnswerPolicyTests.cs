using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Encodings;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Serving.Degradation;

/// <summary>What may be handed out, and what is handed out again: <c>serve: answer:</c> and <c>serve: cache:</c>.</summary>
public sealed class AnswerPolicyTests
{
    private const string Rule = "[ previous-version, { rule: \"if(amount > 200, 1.5, 0.05)\" } ]\n";

    [Fact]
    public async Task A_score_beyond_the_declared_range_is_a_failure_of_its_version()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  answer: { maximum: 0.6 }");
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(20), fixture.Version(1));

        var record = fixture.Predict(plan)!;

        Assert.Equal((Rung.PreviousVersion, 1), (record.Rung, record.Version));
        Assert.Null(fixture.Predict(new TrafficPlan(ServingFixture.Model, plan.Champion)));
        Assert.Equal("FLY5001", fixture.Answer.Problem!.Code);
    }

    [Fact]
    public async Task A_score_within_the_declared_range_is_handed_out()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  answer: { minimum: 0.5, maximum: 0.9 }");

        Assert.Equal(Rung.Full, fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(20), fixture.Version(1)))!.Rung);
    }

    /// <summary>A model here gives each row its own score: bad ones say nothing about the next.</summary>
    [Fact]
    public async Task Rows_that_a_version_can_never_answer_do_not_take_it_away_from_others()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  answer: { maximum: 0.9 }");
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));
        for (var i = 0; i < 2 * Flyball.Serving.Degradation.Breaker.Throughput; i++)
        {
            Assert.Null(fixture.Predict(plan, amount: 9_000));
            Assert.True(fixture.Answer.IsLasting);
        }

        Assert.Equal((Rung.Full, 2), (fixture.Predict(plan)!.Rung, fixture.Answer.Records[0].Version));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    public async Task What_is_no_probability_is_never_handed_out_as_one(double score)
    {
        await using var fixture = new ServingFixture("[ previous-version ]");
        var wrong = fixture.Version(2);
        using var scorer = new Counting(wrong.Scorer) { Instead = score };

        Assert.Null(fixture.Predict(new TrafficPlan(ServingFixture.Model, wrong with { Scorer = scorer })));
    }

    /// <summary>The rule is the last rung: what it gives is held to the same.</summary>
    [Theory]
    [InlineData(100, true)]
    [InlineData(300, false)]
    public async Task A_rule_answers_no_probability_beyond_one(int amount, bool answers)
    {
        await using var fixture = new ServingFixture(Rule);

        Assert.Equal(answers, fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Broken(2)), amount) is { Rung: Rung.Rule });
    }

    [Fact]
    public async Task The_same_features_are_scored_once_while_they_are_fresh()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  cache: { fresh: 30s }");
        using var scorer = new Counting(fixture.Version(2).Scorer);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2) with { Scorer = scorer });

        var first = fixture.Predict(plan)!;
        var second = fixture.Predict(plan)!;
        Assert.Equal(1, scorer.Calls);
        Assert.NotEqual(first.RequestId, second.RequestId);
        Assert.Equal((first.Raw, BitConverter.DoubleToInt64Bits(first.Score), first.Decision), (second.Raw, BitConverter.DoubleToInt64Bits(second.Score), second.Decision));
        Assert.Equal(first.Features, second.Features);
        await fixture.World.Workspace.Predictions.FlushAsync();
        Assert.Equal(2, fixture.World.Workspace.Predictions.Durable.Seq);

        fixture.World.Time.Advance(TimeSpan.FromSeconds(31));
        fixture.Predict(plan);
        Assert.Equal(2, scorer.Calls);
    }

    [Fact]
    public async Task A_changed_feature_and_another_version_miss()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  cache: { fresh: 30s }");
        using var scorer = new Counting(fixture.Version(2).Scorer);
        using var next = new Counting(fixture.Version(3).Scorer);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2) with { Scorer = scorer });

        fixture.Predict(plan);
        await fixture.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1000, Flyball.Engine.Time.EventTime.From(new DateTimeOffset(2018, 5, 1, 11, 0, 0, TimeSpan.Zero)), 1, 1, 50)]);
        var changed = fixture.Predict(plan)!;
        fixture.Predict(plan, amount: 101);
        var swapped = fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(3) with { Scorer = next }))!;

        Assert.Equal(3, scorer.Calls);
        Assert.Equal(1, next.Calls);
        Assert.Equal(Value.FromInteger(1), changed.Features[2]);
        Assert.Equal(ServingFixture.Score(3), swapped.Score, 6);
    }

    [Fact]
    public async Task No_more_is_kept_than_declared_and_the_oldest_goes_first()
    {
        await using var fixture = new ServingFixture("[ previous-version ]\n  cache: { fresh: 1h, entries: 2 }");
        using var scorer = new Counting(fixture.Version(2).Scorer);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2) with { Scorer = scorer });

        foreach (var amount in (decimal[])[1, 2, 3, 3, 2])
        {
            fixture.Predict(plan, amount);
        }

        Assert.Equal(3, scorer.Calls);
        fixture.Predict(plan, 1);
        Assert.Equal(4, scorer.Calls);
    }

    [Theory]
    [InlineData("answer: { minimum: 0.9, maximum: 0.1 }", "FLY3963")]
    [InlineData("answer: { minimum: 2 }", "FLY3963")]
    [InlineData("cache: { fresh: 2d }", "FLY3964")]
    [InlineData("cache: { fresh: 30s, entries: 0 }", "FLY3964")]
    [InlineData("batch: { most: 1 }", "FLY3965")]
    [InlineData("batch: { wait: 1s }", "FLY3965")]
    public void What_cannot_be_declared_is_refused_with_its_line(string section, string code)
    {
        using var project = new FraudProject();
        project.Replace("models/fraud.yaml", "  timeout: 50ms\n", $"  timeout: 50ms\n  {section}\n");
        var problems = new ProblemList();

        ServeDefinition.Read(ProjectWorkspace.Load(project).Models["fraud"], problems);

        var problem = Assert.Single(problems);
        Assert.Equal((code, 22), (problem.Code, problem.Where!.Line));
    }

    private sealed class Counting(IScorer inner) : IScorer
    {
        public int Calls { get; private set; }

        public double? Instead { get; init; }

        public string Kind => inner.Kind;

        public ModelManifest Manifest => inner.Manifest;

        public FeatureEncoder Encoder => inner.Encoder;

        public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
        {
            Calls++;
            return Instead is { } score ? new Score((float)score, score) : inner.ScoreOne(vector, row, within);
        }

        public void Dispose()
        {
        }
    }
}
