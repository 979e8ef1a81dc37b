using System.Runtime.Versioning;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Privacy;

public sealed class PrivacyRulesTests
{
    [Theory]
    [InlineData("PII", "string", "", PrivacyTreatment.Tokenise)]
    [InlineData("personal", "string", "", PrivacyTreatment.Tokenise)]
    [InlineData("Personal Data", "string", "", PrivacyTreatment.Tokenise)]
    [InlineData("sensitive_personal", "number", "", PrivacyTreatment.Drop)]
    [InlineData("pii", "date", "", PrivacyTreatment.Drop)]
    [InlineData("restricted", "string", "", PrivacyTreatment.Keep)]
    [InlineData("confidential", "string", "", PrivacyTreatment.Keep)]
    [InlineData("impersonal", "string", "", PrivacyTreatment.Keep)]
    [InlineData("PII", "string", "keep", PrivacyTreatment.Keep)]
    [InlineData("PII", "string", "drop", PrivacyTreatment.Drop)]
    [InlineData("public", "string", "tokenise", PrivacyTreatment.Tokenise)]
    [InlineData("public", "string", "tokenize", PrivacyTreatment.Tokenise)]
    public void A_classification_has_a_treatment_and_the_contract_may_say_another(string classification, string type, string stated, PrivacyTreatment expected)
    {
        var plan = Sample.Compile(Yaml($"{{ name: x, logicalType: {type}, classification: {classification}{Custom(stated)} }}"));

        Assert.Equal(expected, plan.TreatmentOf(1));
        Assert.Equal(expected != PrivacyTreatment.Keep, plan.HoldsPersonal);
    }

    [Theory]
    [InlineData("{ name: x, logicalType: integer, customProperties: [ { property: privacy, value: tokenise } ] }", "FLY3140")]
    [InlineData("{ name: x, logicalType: date, customProperties: [ { property: privacy, value: tokenise } ] }", "FLY3140")]
    [InlineData("{ name: x, logicalType: integer, primaryKey: true, classification: pii }", "FLY3141")]
    [InlineData("{ name: x, logicalType: integer, classification: pii, customProperties: [ { property: entity, value: person } ] }", "FLY3141")]
    [InlineData("{ name: x, logicalType: timestamp, customProperties: [ { property: privacy, value: drop }, { property: eventTime, value: true } ] }", "FLY3141")]
    [InlineData("{ name: x, logicalType: string, customProperties: [ { property: privacy, value: mask } ] }", "FLY1107")]
    [InlineData("{ name: x, logicalType: string, customProperties: [ { property: privcy, value: drop } ] }", "FLY1103")]
    public void A_treatment_that_cannot_be_had_is_a_problem_of_the_contract(string field, string code)
    {
        var problem = Assert.Single(Sample.ProblemsOf(Yaml(field)));

        Assert.Equal(code, problem.Code);
        Assert.Equal(10, problem.Where!.Line);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_key_is_made_once_for_its_owner_alone_and_is_not_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-");
        try
        {
            var first = Tokeniser.LoadOrCreate(folder.FullName);
            var file = Path.Combine(folder.FullName, "tokens.key");
            Assert.Equal(first.Of("x"), Tokeniser.LoadOrCreate(folder.FullName).Of("x"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

            var key = File.ReadAllBytes(file);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            AssertRefused(folder.FullName);
            File.WriteAllText(file, "no key");
            AssertRefused(folder.FullName);
            File.Delete(file);
            AssertRefused(folder.FullName);
            using (var other = new Temporary())
            {
                Tokeniser.LoadOrCreate(other.Folder);
                File.Copy(Path.Combine(other.Folder, "tokens.key"), file);
                AssertRefused(folder.FullName);
                Assert.NotEqual(first.Of("x"), Tokeniser.LoadOrCreate(other.Folder).Of("x"));
            }

            File.WriteAllBytes(file, key);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Equal(first.Of("x"), Tokeniser.LoadOrCreate(folder.FullName).Of("x"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The vector was made with Python's hmac and base64.</summary>
    [Theory]
    [InlineData("jane@example.com", "tok_lIdYiXR1nTA9XURAF5GmAw")]
    [InlineData("", "tok_04tCCW2A9F-Ca0Sp1WB95w")]
    [InlineData("Grüße 😀", "tok_CDI1MFX_5NodLgAop7djyg")]
    public void A_token_is_the_keyed_hash_of_the_utf8_text(string text, string expected)
    {
        var tokens = new Tokeniser([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

        Assert.Equal(expected, tokens.Of(text));
        Assert.Equal(expected, tokens.Of(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.True(Tokeniser.IsToken(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tok_")]
    [InlineData("tok_AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("tok_AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("tok_AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("tok_AAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("tok_AAAAAAAAAA AAAAAAAAAAA")]
    [InlineData("TOK_AAAAAAAAAAAAAAAAAAAAAA")]
    public void What_no_tokeniser_makes_is_no_token(string text) => Assert.False(Tokeniser.IsToken(text));

    [Fact]
    public void Without_a_key_nothing_personal_comes_in()
    {
        var plan = PersonalSample.Plan();

        Assert.Throws<InvalidOperationException>(() => plan.Protect(2, Flyball.Engine.Expressions.Value.FromText("x")));
    }

    [Fact]
    public void Contracts_without_personal_fields_make_no_key()
    {
        using var folder = new Temporary();

        Assert.Null(Tokeniser.For(new Flyball.Contracts.ContractSet([Sample.Transactions]), folder.Folder));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Folder));
    }

    private static void AssertRefused(string folder) => Assert.Equal("FLY3145", Assert.Throws<FlyballException>(() => Tokeniser.LoadOrCreate(folder)).Problem.Code);

    private static string Custom(string stated) => stated.Length == 0 ? "" : $", customProperties: [ {{ property: privacy, value: {stated} }} ]";

    private static string Yaml(string field) => $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: x
        version: 1
        status: draft
        schema:
          - name: x
            properties:
              - {{field}}
        """.Replace("    properties:\n      - ", "    properties:\n      - { name: first, logicalType: string }\n      - ", StringComparison.Ordinal);

    private sealed class Temporary : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("flyball-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
