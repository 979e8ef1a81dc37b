using System.Text.Json.Nodes;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>Well-formed JSON that breaks the contract, at the doors of events, predictions and outcomes.</summary>
public sealed class BrokenRowTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private const string Time = "\"2026-01-01T12:00:00Z\"";

    /// <summary>Name of the field that must be named, and the row.</summary>
    public static TheoryData<string, string> Payments => new()
    {
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":"12"}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":null}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":1e400}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":-1}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":[1]}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":"NaN"}""" },
        { "amount", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":1,"amount":2}""" },
        { "customer_id", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3.5,"amount":1}""" },
        { "customer_id", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":9223372036854775808,"amount":1}""" },
        { "payment_id", $$"""{"payment_id":-1,"event_time":{{Time}},"customer_id":3,"amount":1}""" },
        { "payment_id", $$"""{"payment_id":{"deep":1},"event_time":{{Time}},"customer_id":3,"amount":1}""" },
        { "event_time", """{"payment_id":910000,"event_time":"yesterday","customer_id":3,"amount":1}""" },
        { "event_time", """{"payment_id":910000,"event_time":"2026-02-30T00:00:00Z","customer_id":3,"amount":1}""" },
        { "event_time", """{"payment_id":910000,"event_time":"2026-01-01T00:00:00","customer_id":3,"amount":1}""" },
        { "amuont", $$"""{"payment_id":910000,"event_time":{{Time}},"customer_id":3,"amount":1,"amuont":2}""" },
    };

    [Theory]
    [MemberData(nameof(Payments))]
    public async Task A_row_that_breaks_its_contract_is_put_aside_and_never_accepted(string field, string row)
    {
        var before = await StateAsync();

        using var content = new StringContent(row);
        var answer = await BadAnswer.OfAsync(shop.Server.Http, "/v1/events/payments", content, "application/json");

        Assert.Null(answer.Defect(shop.Secrets, 422));
        Assert.Contains(field, answer.Fields);
        // The log grew by the record of the refusal, which holds the original, and by nothing else.
        var after = await StateAsync();
        Assert.Equal((before.Horizon + 1, before.Quarantined + 1, before.Counted), after);
        var aside = (await shop.Server.GetAsync($"/v1/quarantine/payments?after={before.Horizon}"))["rows"]!.AsArray();
        Assert.Contains("payment_id", Assert.Single(aside)!["original"]!.ToJsonString(), StringComparison.Ordinal);
        await shop.ExpectServingAsync();
    }

    [Theory]
    [MemberData(nameof(Payments))]
    public async Task A_prediction_for_it_is_refused_and_names_the_field(string field, string row)
    {
        var before = await StateAsync();
        foreach (var (body, path) in ((string, string)[])[(row, field), ($"{{\"instances\":[{ServedShop.GoodPayment},{row}]}}", $"instances[1].{field}")])
        {
            using var content = new StringContent(body);
            var answer = await BadAnswer.OfAsync(shop.Server.Http, "/v1/models/shop/predict", content, "application/json");
            Assert.Null(answer.Defect(shop.Secrets, 422));
            Assert.Contains(path, answer.Fields);
        }

        Assert.Equal(before, await StateAsync());
        await shop.ExpectServingAsync();
    }

    [Theory]
    [InlineData("is_fraud", """{"payment_id":1,"event_time":"2026-01-01T12:00:00Z","is_fraud":2}""")]
    [InlineData("is_fraud", """{"payment_id":1,"event_time":"2026-01-01T12:00:00Z","is_fraud":true}""")]
    [InlineData("is_fraud", """{"payment_id":1,"event_time":"2026-01-01T12:00:00Z"}""")]
    [InlineData("event_time", """{"payment_id":1,"event_time":12,"is_fraud":1}""")]
    [InlineData("label", """{"payment_id":1,"event_time":"2026-01-01T12:00:00Z","is_fraud":1,"label":1}""")]
    public async Task An_outcome_that_breaks_its_contract_is_put_aside(string field, string row)
    {
        var horizon = await shop.Server.HorizonAsync();
        using var content = new StringContent(row);
        var answer = await BadAnswer.OfAsync(shop.Server.Http, "/v1/outcomes/shop", content, "application/json");

        Assert.Null(answer.Defect(shop.Secrets, 422));
        Assert.Contains(field, answer.Fields);
        Assert.Equal(horizon + 1, await shop.Server.HorizonAsync());
        await shop.ExpectServingAsync();
    }

    [Fact]
    public async Task Good_rows_beside_a_bad_one_are_stored_and_the_bad_one_is_named_by_its_place()
    {
        var before = await StateAsync();
        const string Good = """{"payment_id":920000,"event_time":"2026-01-01T12:00:00Z","customer_id":777,"amount":1}""";
        var (status, report) = await shop.Server.PostAsync("/v1/events/payments", $"[{Good},{{\"payment_id\":920001}}]");

        Assert.Equal(200, status);
        Assert.Equal((1, 1), (report["accepted"]!.GetValue<int>(), report["quarantined"]!.GetValue<int>()));
        Assert.Equal(1, Assert.Single(report["reasons"]!.AsArray())!["row"]!.GetValue<int>());
        var after = await StateAsync();
        Assert.Equal((before.Horizon + 2, before.Quarantined + 1), (after.Horizon, after.Quarantined));
    }

    [Theory]
    [InlineData("/v1/models/shop/train", """{"permute_labels":"seven"}""", "permute_labels")]
    [InlineData("/v1/models/shop/train", """{"permute_labels":1e400}""", "permute_labels")]
    [InlineData("/v1/models/shop/train", """{"permute_lables":7}""", "permute_lables")]
    [InlineData("/v1/models/shop/train", """{"permute_labels":7,"permute_labels":8}""", "permute_labels")]
    [InlineData("/v1/models/shop/versions/1/approve", """{"reason":7}""", "reason")]
    [InlineData("/v1/models/shop/versions/1/approve", """{"reason":"x","override":"yes"}""", "override")]
    [InlineData("/v1/models/shop/versions/1/approve", """{"reason":"x","force":true}""", "force")]
    [InlineData("/v1/models/shop/deploy", """{"version":"one"}""", "version")]
    [InlineData("/v1/models/shop/deploy", """{"version":1.5}""", "version")]
    [InlineData("/v1/models/shop/deploy", "{}", "version")]
    [InlineData("/v1/models/shop/rollouts", """{"version":99999999999}""", "version")]
    [InlineData("/v1/models/shop/rollouts", """{"version":1,"steps":[1]}""", "steps")]
    [InlineData("/v1/models/shop/rollouts", "{}", "version")]
    [InlineData("/v1/models/shop/rollback", "{}", "reason")]
    [InlineData("/v1/models/shop/checks", """{"from":"yesterday"}""", "from")]
    [InlineData("/v1/models/shop/checks", """{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "from")]
    [InlineData("/v1/models/shop/checks", """{"form":"2026-01-02T00:00:00Z"}""", "form")]
    public async Task A_request_of_an_action_that_does_not_fit_names_the_field(string route, string body, string field)
    {
        using var content = new StringContent(body);
        var answer = await BadAnswer.OfAsync(shop.Server.Http, route, content, "application/json");
        Assert.Null(answer.Defect(shop.Secrets));
        Assert.True(answer.Fields.Contains(field) || answer.Text.Contains($"'{field}'", StringComparison.Ordinal), answer.Text);
        await shop.ExpectServingAsync();
    }

    private async Task<(long Horizon, long Quarantined, string Counted)> StateAsync()
    {
        var values = (await shop.Server.GetAsync("/v1/features/activity/3?at=2026-01-02T00:00:00Z"))["values"]!;
        return (await shop.Server.HorizonAsync(), (await shop.Server.GetAsync("/v1/quarantine/payments"))["total"]!.GetValue<long>(), values.ToJsonString());
    }
}
