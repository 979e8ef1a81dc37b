using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving;

/// <summary>What requests may lack, or have beside their contract, by <c>serve: request:</c>.</summary>
public sealed class RequestPolicyTests
{
    private const string Amount = "{ defaults: { amount: 70 } }";

    [Fact]
    public async Task An_absent_field_takes_its_declared_value_and_the_record_says_so()
    {
        await using var fixture = Fixture(Amount);

        var record = Predict(fixture, Row(null));

        Assert.Equal(["amount"], record.Defaulted);
        Assert.Equal(Value.FromNumber(70), record.Features[0]);
        Assert.Equal(ServingFixture.Score(2, 70), record.Score, 6);
        Assert.Contains("\"amount\":70", Encoding.UTF8.GetString(record.Request.Span), StringComparison.Ordinal);
        Assert.Equal(["amount"], PredictionCodec.Decode(PredictionCodec.Encode(record)).Defaulted);
        Assert.True((await fixture.Reproduction.ReproduceAsync(record.RequestId, TestContext.Current.CancellationToken))!.Identical);
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("null", 70)]
    public async Task Only_what_is_absent_or_a_refused_null_is_filled_in(string amount, double expected)
    {
        await using var fixture = Fixture(Amount);

        var record = Predict(fixture, Row(amount));

        Assert.Equal(Value.FromNumber(expected), record.Features[0]);
        Assert.Equal(amount == "null" ? ["amount"] : [], record.Defaulted);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"much\"")]
    [InlineData("1e9")]
    public async Task A_value_that_breaks_the_contract_is_refused_whatever_stands_for_it(string amount)
    {
        await using var fixture = Fixture(Amount);

        RequestRow.Read(fixture.Traffic.For(ServingFixture.Model)!, Encoding.UTF8.GetBytes(Row(amount)), out var problems);

        Assert.Equal("amount", Assert.Single(problems!).Where!.Field);
    }

    [Fact]
    public async Task A_field_that_may_be_missing_is_read_as_null()
    {
        await using var fixture = Fixture("{ missing: { amount: null } }");

        var row = RequestRow.Read(fixture.Traffic.For(ServingFixture.Model)!, Encoding.UTF8.GetBytes(Row(null)), out var problems);

        Assert.Null(problems);
        Assert.Equal(["amount"], row.Defaulted);
        Assert.True(row.Values[^1].IsNull);
    }

    [Theory]
    [InlineData("{ unknown_fields: ignore }", true)]
    [InlineData("{ unknown_fields: refuse }", false)]
    public async Task Unknown_members_are_passed_over_only_where_that_is_declared(string request, bool passes)
    {
        await using var fixture = Fixture(request);

        var row = RequestRow.Read(fixture.Traffic.For(ServingFixture.Model)!, Encoding.UTF8.GetBytes(Row("5").Replace("\"amount\"", "\"x\":{\"y\":[1]},\"z\":2,\"amount\"", StringComparison.Ordinal)), out var problems);

        Assert.Equal(passes, problems is null);
        Assert.Equal(passes ? 2 : 0, row.Ignored);
        Assert.Equal(passes ? [] : ["FLY3105", "FLY3105"], (problems ?? []).Select(p => p.Code));
    }

    /// <summary>The version that is asked for by its number reads requests alike.</summary>
    [Fact]
    public async Task A_named_version_fills_in_the_same()
    {
        await using var fixture = Fixture(Amount);

        Assert.Equal(["amount"], Predict(fixture, Row(null), fixture.Traffic.For(ServingFixture.Model)!.ByName(2)).Defaulted);
    }

    [Fact]
    public async Task What_was_filled_in_and_passed_over_is_counted_by_model_and_field()
    {
        await using var fixture = Fixture("{ unknown_fields: ignore, defaults: { amount: 70 } }");
        var thread = Environment.CurrentManagedThreadId;
        var counted = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name.StartsWith("flyball_request_fields", StringComparison.Ordinal))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                counted.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))} {count}");
            }
        });
        listener.Start();

        Predict(fixture, Row(null).Replace("{", "{\"x\":1,", StringComparison.Ordinal));

        Assert.Equal(["flyball_request_fields_defaulted fraud amount 1", "flyball_request_fields_ignored fraud 1"], counted);
    }

    [Theory]
    [InlineData("{ unknown_fields: perhaps }", "FLY3960")]
    [InlineData("{ defaults: { amuont: 1 } }", "FLY3961")]
    [InlineData("{ defaults: { transaction_id: 1 } }", "FLY3961")]
    [InlineData("{ defaults: { customer_id: 1 } }", "FLY3961")]
    [InlineData("{ defaults: { event_time: \"2026-01-31T13:45:00Z\" } }", "FLY3961")]
    [InlineData("{ defaults: { amount: 1 }, missing: { amount: null } }", "FLY3961")]
    [InlineData("{ defaults: { amount: -1 } }", "FLY3962")]
    [InlineData("{ defaults: { amount: much } }", "FLY3962")]
    [InlineData("{ defaults: { amount: null } }", "FLY3962")]
    [InlineData("{ defaults: { amount: .nan } }", "FLY3962")]
    [InlineData("{ missing: { amount: 1 } }", "FLY3962")]
    public void What_cannot_be_declared_is_refused_with_its_line(string request, string code)
    {
        using var project = new FraudProject();
        Declare(project, request);
        var problems = new ProblemList();

        ServeDefinition.Read(ProjectWorkspace.Load(project).Models["fraud"], problems);

        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal(("models/fraud.yaml", 22), (problem.Where!.File, problem.Where.Line));
    }

    internal static void Declare(FraudProject project, string request) =>
        project.Replace("models/fraud.yaml", "  timeout: 50ms\n", $"  timeout: 30s\n  request: {request}\n");

    private static ServingFixture Fixture(string request)
    {
        var fixture = new ServingFixture(change: p => Declare(p, request));
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, fixture.Version(2)));
        return fixture;
    }

    private static string Row(string? amount)
    {
        var row = ProjectWorkspace.Payment(1, ServingFixture.Noon, 1, 1, 12345);
        return amount is null ? row.Replace(",\"amount\":12345", "", StringComparison.Ordinal) : row.Replace("12345", amount, StringComparison.Ordinal);
    }

    private static PredictionRecord Predict(ServingFixture fixture, string json, TrafficPlan? by = null)
    {
        var plan = by ?? fixture.Traffic.For(ServingFixture.Model)!;
        var row = RequestRow.Read(plan, Encoding.UTF8.GetBytes(json), out var problems);
        Assert.True(problems is null, string.Create(CultureInfo.InvariantCulture, $"{problems?[0].Message}"));
        var terms = new PredictionTerms(PredictionRoute.Predict, fixture.World.Time.GetTimestamp(), "tester");
        var answer = fixture.Desk.AnswerAsync(plan, new[] { row }, terms, CancellationToken.None);
        Assert.True(answer.IsCompleted);
        return answer.AsTask().GetAwaiter().GetResult().Records.Single();
    }
}
