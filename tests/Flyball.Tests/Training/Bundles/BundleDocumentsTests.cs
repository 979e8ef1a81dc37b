using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Profiles;
using Flyball.Engine.Problems;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Training.Bundles;

/// <summary>The documents that a run puts beside manifest and model, and what becomes of a bundle whose golden rows do not come out.</summary>
public sealed class BundleDocumentsTests(CompletedBundle made) : IClassFixture<CompletedBundle>
{
    private ModelBundle Bundle { get; } = made.Bundle;

    [Fact]
    public void A_run_makes_every_document()
    {
        Assert.Equal(ModelManifest.CurrentFormat, Bundle.Manifest.Format);
        Assert.All(BundleMembers.Required, name => Assert.True(Bundle.Contains(name), name));
    }

    [Fact]
    public void The_signature_has_the_requests_fields_the_vector_and_the_output()
    {
        var signature = Json(BundleMembers.Signature);
        var fields = signature["request"]!["fields"]!.AsArray().ToDictionary(f => (string)f!["name"]!);

        Assert.Equal(Bundle.Manifest.Inputs, fields.Keys);
        Assert.True((bool)fields["transaction_id"]!["key"]!);
        Assert.True((bool)fields["event_time"]!["event_time"]!);
        Assert.Equal("number", (string)fields["amount"]!["type"]!);
        Assert.NotNull(fields["amount"]!["range"]!["at_most"] ?? fields["amount"]!["range"]!["at_least"]);
        Assert.Equal(Bundle.Manifest.RequestContract, (string)signature["request"]!["contract"]!);
        Assert.Equal(Bundle.Manifest.Features.Select(f => (f.Name, f.Definition)), signature["vector"]!.AsArray().Select(c => ((string)c!["name"]!, (string)c["definition"]!)));
        Assert.Equal(("probability", 1), ((string)signature["output"]!["unit"]!, (int)signature["output"]!["range"]!["at_most"]!));
        Assert.Equal(["block", "review", "allow"], signature["output"]!["decisions"]!.AsArray().Select(d => (string)d!));
    }

    [Fact]
    public void The_lock_holds_each_feature_as_written_with_its_contracts()
    {
        var locked = Json(BundleMembers.FeatureLock);
        var features = locked["features"]!.AsArray().ToDictionary(f => (string)f!["name"]!);

        Assert.All(Bundle.Manifest.Features, f => Assert.Equal(f.Definition, (string)features[f.Name]!["definition"]!));
        Assert.Equal(made.World.Model.Vector.Digest.Hex, (string)locked["vector"]!);
        var mean = features["customer_activity.amount_mean_7d"]!;
        Assert.Equal(("mean(amount) over 7d", "7d", "customer_id"), ((string)mean["expression"]!, (string)mean["window"]!, (string)mean["entity"]!));
        Assert.Equal(made.World.Plan.Contracts["fraud_reports"].Digest.Hex, (string)locked["contracts"]!["fraud_reports"]!);
    }

    [Fact]
    public void Decisions_agree_with_the_manifest()
    {
        var decisions = Json(BundleMembers.Decisions);

        Assert.Equal(Bundle.Manifest.Decide.Select(d => d.When), decisions["rules"]!.AsArray().Select(r => (string)r!["when"]!));
        Assert.Equal(Bundle.Manifest.Calibration!.Scores.Length, decisions["calibration"]!["knots"]!["scores"]!.AsArray().Count);
    }

    [Fact]
    public void The_reference_profile_counts_the_rows_of_the_frozen_one_and_merges()
    {
        var document = Json(BundleMembers.ReferenceProfile);
        var profile = TableProfile.Read((JsonObject)document["profile"]!);
        var again = TableProfile.Read((JsonObject)document["profile"]!);

        Assert.Equal(Bundle.Manifest.Reference.Rows, profile.Rows);
        Assert.Equal(Bundle.Manifest.Features.Select(f => f.Name).Append("score"), profile.Columns.Select(c => c.Column.Name));
        for (var c = 0; c < profile.Columns.Length - 1; c++)
        {
            Assert.Equal(Bundle.Manifest.Reference.Features[c].Counts.Missing, profile.Columns[c].Nulls);
        }

        again.Merge(profile);
        Assert.Equal(2 * profile.Rows, again.Rows);
        Assert.Equal(BundleMembers.ReferenceProfile, Bundle.Manifest.MergeableProfile);
    }

    [Fact]
    public void A_feature_of_a_confidential_column_keeps_no_value_in_the_profile()
    {
        var profile = TableProfile.Read((JsonObject)Json(BundleMembers.ReferenceProfile)["profile"]!);
        var contract = made.World.Plan.Contracts["transactions"];
        var confidential = contract.Definition.Fields.Where(f => f.Classification == "confidential").Select(f => f.Name).ToList();
        Assert.NotEmpty(confidential);
        var locked = Json(BundleMembers.FeatureLock)["features"]!.AsArray();

        foreach (var feature in locked.Where(f => f!["columns"]!.AsArray().Any(c => confidential.Contains((string)c!)) && f["definition"] is not null))
        {
            Assert.True(profile.Find((string)feature!["name"]!)!.Column.IsOpaque, (string)feature["name"]!);
        }
    }

    [Fact]
    public void Golden_rows_come_out_of_the_loaded_model()
    {
        var lines = Text(ModelBundle.GoldenName).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal((200, 200), (lines.Length, Bundle.Manifest.GoldenRows));
        using var scorer = BundleScorer.Load(Bundle);
        var row = GoldenRow.Read(Encoding.UTF8.GetBytes(lines[0]), SignatureDocument.VectorTypes(Bundle[BundleMembers.Signature]));
        Assert.Equal(row.Score, scorer.ScoreOne(row.Vector));
    }

    [Theory]
    [InlineData("raw", "FLY3371")]
    [InlineData("score", "FLY3371")]
    [InlineData("vector", "FLY3372")]
    public void A_bundle_whose_golden_rows_do_not_come_out_is_refused(string member, string code)
    {
        var lines = Text(ModelBundle.GoldenName).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var row = JsonNode.Parse(lines[16])!;
        row[member] = member == "vector" ? new JsonArray() : (double)row[member]! + 0.01;
        lines[16] = row.ToJsonString();
        var forged = Bundle.With(ModelBundle.GoldenName, Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

        var refused = Assert.Throws<FlyballException>(() => BundleScorer.Load(forged));

        Assert.Equal((code, (int?)17), (refused.Problem.Code, refused.Problem.Where?.Line));
    }

    [Fact]
    public void A_golden_row_that_was_taken_away_is_missed()
    {
        var text = Text(ModelBundle.GoldenName);
        var forged = Bundle.With(ModelBundle.GoldenName, Encoding.UTF8.GetBytes(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]));

        Assert.Equal("FLY3372", Assert.Throws<FlyballException>(() => BundleScorer.Load(forged)).Problem.Code);
    }

    [Fact]
    public void The_card_says_what_the_model_file_and_the_run_say()
    {
        var card = Text(BundleMembers.Card);

        foreach (var expected in new[] { "Stop card fraud before authorisation", "risk-models@example.com", "roc_auc", "Payment teams", "Nothing is known of \\| new merchants", "A person looks at each block", Bundle.Manifest.RunId })
        {
            Assert.Contains(expected, card, StringComparison.Ordinal);
        }

        Assert.All(Bundle.Manifest.Gates, gate => Assert.Contains(gate, card, StringComparison.Ordinal));
    }

    [Fact]
    public void The_bill_of_materials_names_the_model_and_its_tables_and_no_time()
    {
        var bom = Json(BundleMembers.CardBom);
        var model = bom["components"]!.AsArray().Single(c => (string)c!["type"]! == "machine-learning-model")!;

        Assert.Equal([], CycloneDxRules.Defects(bom));
        Assert.Equal(Digest.Of(Bundle[ModelBundle.OnnxName].Span).Hex, (string)model["hashes"]![0]!["content"]!);
        Assert.Equal(["fraud_reports", "transactions"], bom["components"]!.AsArray().Where(c => (string)c!["type"]! == "data").Select(c => (string)c!["name"]!).Order());
        var auc = model["modelCard"]!["quantitativeAnalysis"]!["performanceMetrics"]!.AsArray().First(m => (string)m!["type"]! == "roc_auc")!;
        Assert.InRange(double.Parse((string)auc["value"]!, CultureInfo.InvariantCulture), double.Parse((string)auc["confidenceInterval"]!["lowerBound"]!, CultureInfo.InvariantCulture), 1);
        Assert.Equal("A person looks at each block", (string)model["modelCard"]!["considerations"]!["ethicalConsiderations"]![0]!["mitigationStrategy"]!);
        Assert.DoesNotContain("timestamp", Text(BundleMembers.CardBom), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("specVersion", "\"1.9\"")]
    [InlineData("serialNumber", "\"urn:uuid:none\"")]
    [InlineData("more", "1")]
    [InlineData("components", "[{\"name\":\"x\"}]")]
    [InlineData("components", "[{\"type\":\"machine-learning-model\",\"name\":\"x\",\"modelCard\":{\"quantitativeAnalysis\":{\"performanceMetrics\":[{\"type\":\"roc_auc\",\"value\":0.7}]}}}]")]
    public void The_rules_of_the_schema_find_what_breaks_them(string member, string value)
    {
        var bom = Json(BundleMembers.CardBom);
        bom[member] = JsonNode.Parse(value);

        Assert.NotEmpty(CycloneDxRules.Defects(bom));
    }

    private JsonObject Json(string member) => (JsonObject)JsonNode.Parse(Bundle[member].Span)!;

    private string Text(string member) => Encoding.UTF8.GetString(Bundle[member].Span);
}
