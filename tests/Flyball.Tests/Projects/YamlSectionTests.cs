using Flyball.Engine.Identity;
using Flyball.Projects;

namespace Flyball.Tests.Projects;

public sealed class YamlSectionTests
{
    [Fact]
    public void Getters_read_the_kinds_of_value_that_definitions_use()
    {
        var section = Parse("""
            name: fraud
            version: 1.0
            rounds: 200
            rate: 0.1
            on: true
            window: 7d
            timeout: 50ms
            tags: [a, b]
            one: only
            nested: { x: 1 }
            list:
              - id: 1
              - id: 2
            empty:
            """, out var problems);

        Assert.Equal("fraud", section.Text("name"));
        Assert.Equal("1.0", section.Text("version"));
        Assert.Equal(200, section.Integer("rounds"));
        Assert.Equal(0.1, section.Number("rate"));
        Assert.True(section.Flag("on"));
        Assert.Equal(7L * 86_400_000_000, section.Duration("window"));
        Assert.Equal(50_000, section.Duration("timeout"));
        Assert.Equal(["a", "b"], section.Texts("tags"));
        Assert.Equal(["only"], section.Texts("one"));
        Assert.Equal(1, section.Section("nested")!.Integer("x"));
        Assert.Equal([1, 2], section.Sections("list").Select(s => s.Integer("id")!.Value));
        Assert.Null(section.Text("empty"));
        section.Finish();
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("v: [1]", "Text", "a text")]
    [InlineData("v: abc", "Number", "a number")]
    [InlineData("v: .inf", "Number", "a number")]
    [InlineData("v: 1e999", "Number", "a number")]
    [InlineData("v: '5'", "Number", "a number")]
    [InlineData("v: 1.5", "Integer", "a whole number")]
    [InlineData("v: 9223372036854775808", "Integer", "a whole number")]
    [InlineData("v: yes", "Flag", "true or false")]
    [InlineData("v: 7", "Duration", "a duration")]
    [InlineData("v: 7 d", "Duration", "a duration")]
    [InlineData("v: -7d", "Duration", "a duration")]
    [InlineData("v: 99999999999d", "Duration", "a duration")]
    [InlineData("v: [[1]]", "Texts", "a list of texts")]
    [InlineData("v: 1", "Section", "a mapping")]
    [InlineData("v: [1]", "Sections", "a list of mappings")]
    public void A_value_of_the_wrong_kind_is_a_problem_at_its_position(string yaml, string getter, string expected)
    {
        var section = Parse(yaml, out var problems);

        switch (getter)
        {
            case "Text": Assert.Null(section.Text("v")); break;
            case "Number": Assert.Null(section.Number("v")); break;
            case "Integer": Assert.Null(section.Integer("v")); break;
            case "Flag": Assert.Null(section.Flag("v")); break;
            case "Duration": Assert.Null(section.Duration("v")); break;
            case "Texts": Assert.Empty(section.Texts("v")); break;
            case "Section": Assert.Null(section.Section("v")); break;
            default: Assert.Empty(section.Sections("v")); break;
        }

        var problem = Assert.Single(problems);
        Assert.Equal("FLY1105", problem.Code);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal((1, 4), (problem.Where!.Line!.Value, problem.Where.Column!.Value));
        Assert.Equal("v", problem.Where.Field);
    }

    [Fact]
    public void An_unknown_name_is_reported_with_the_nearest_known_one()
    {
        var section = Parse("name: x\nonwer: y\n", out var problems);
        section.Text("name");
        section.Text("owner");
        section.Finish();

        var problem = Assert.Single(problems);
        Assert.Equal("FLY1103", problem.Code);
        Assert.Equal("Did you mean 'owner'?", problem.Remedy);
        Assert.Equal((2, 1), (problem.Where!.Line!.Value, problem.Where.Column!.Value));
    }

    [Fact]
    public void A_missing_name_is_reported_where_its_section_begins()
    {
        var section = Parse("a: 1\nsplit:\n  by: time\n", out var problems).Section("split")!;
        section.Require("train");

        var problem = Assert.Single(problems);
        Assert.Equal("FLY1104", problem.Code);
        Assert.Equal(3, problem.Where!.Line);
        Assert.Equal("split.train", problem.Where.Field);
    }

    [Fact]
    public void A_duplicate_name_is_refused_and_the_line_of_the_first_is_named()
    {
        Parse("a: 1\nb: 2\na: 3\n", out var problems);

        var problem = Assert.Single(problems);
        Assert.Equal("FLY1102", problem.Code);
        Assert.Contains("line 1", problem.Message, StringComparison.Ordinal);
        Assert.Equal(3, problem.Where!.Line);
    }

    [Theory]
    [InlineData("a: [1, 2", "FLY1100")]
    [InlineData("a: b: c", "FLY1100")]
    [InlineData("a: 'x", "FLY1100")]
    [InlineData("a: *nowhere", "FLY1100")]
    [InlineData("a: 1\n---\nb: 2", "FLY1100")]
    [InlineData("a: !system.object 1", "FLY1100")]
    [InlineData("? [1, 2]\n: x", "FLY1105")]
    [InlineData("", "FLY1104")]
    [InlineData("# nothing", "FLY1104")]
    [InlineData("- a\n- b", "FLY1105")]
    [InlineData("just text", "FLY1105")]
    public void A_document_that_is_not_one_mapping_is_refused(string yaml, string code)
    {
        var problems = new ProblemList();

        Assert.Null(YamlSection.Parse("x.yaml", yaml, problems));
        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal("x.yaml", problem.Where!.File);
    }

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 12; i++)
        {
            yaml += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        }

        var problems = new ProblemList();
        Assert.Null(YamlSection.Parse("x.yaml", yaml, problems));
        Assert.Equal("FLY1101", Assert.Single(problems).Code);
    }

    [Fact]
    public void An_honest_alias_is_resolved()
    {
        var section = Parse("a: &w 7d\nb: *w\n", out var problems);

        Assert.Equal(section.Duration("a"), section.Duration("b"));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void A_depth_bomb_is_refused(string opening)
    {
        var problems = new ProblemList();
        Assert.Null(YamlSection.Parse("x.yaml", "a: " + (opening == "- " ? "\n  " : "") + string.Concat(Enumerable.Repeat(opening, 20_000)), problems));
        Assert.Equal("FLY1101", Assert.Single(problems).Code);
    }

    [Fact]
    public void A_file_above_a_megabyte_is_refused()
    {
        var problems = new ProblemList();
        Assert.Null(YamlSection.Parse("x.yaml", "a: " + new string('x', (1 << 20) + 1), problems));
        Assert.Equal("FLY1101", Assert.Single(problems).Code);
    }

    [Fact]
    public void The_canonical_form_ignores_order_comments_and_the_writing_of_a_number_but_not_quotes()
    {
        var first = Parse("a: 1.50\nb: {c: true, d: [x, ~]}\n", out _).ToJson();
        var second = Parse("# note\nb:\n  d:\n    - x\n    -\n  c: true\na: 1.5\n", out _).ToJson();
        var quoted = Parse("a: '1.5'\nb: {c: true, d: [x, ~]}\n", out _).ToJson();

        Assert.Equal(CanonicalJson.Digest(first), CanonicalJson.Digest(second));
        Assert.NotEqual(CanonicalJson.Digest(first), CanonicalJson.Digest(quoted));
    }

    [Fact]
    public void Entries_keep_the_order_of_the_file_and_their_positions()
    {
        var entries = Parse("zeta: mean(x) over 7d\nalpha:\n  expr: count() over 1d\n", out _).Entries();

        Assert.Equal(["zeta", "alpha"], entries.Select(e => e.Name));
        Assert.Equal("mean(x) over 7d", entries[0].Text);
        Assert.Equal("count() over 1d", entries[1].Section!.Text("expr"));
        Assert.Equal(2, entries[1].Where.Line);
    }

    [Fact]
    public void A_view_may_name_itself_with_features_above_its_features()
    {
        var doubled = Parse("features: a\nentity: id\nfeatures: {x: 1}\n", out var problems);
        var plain = Parse("view: a\nentity: id\nfeatures: {x: 1}\n", out _);

        Assert.Empty(problems);
        Assert.Equal(CanonicalJson.Digest(plain.ToJson()), CanonicalJson.Digest(doubled.ToJson()));
    }

    [Theory]
    [InlineData("view: a\nfeatures: b\nfeatures: {x: 1}\n")]
    [InlineData("features: b\nfeatures: {x: 1}\nview: a\n")]
    [InlineData("features: a\nfeatures: b\n")]
    [InlineData("features: {x: 1}\nfeatures: a\n")]
    [InlineData("features: a\nfeatures: {x: 1}\nfeatures: {y: 1}\n")]
    public void A_view_with_two_names_or_two_lists_is_refused(string yaml)
    {
        Parse(yaml, out var problems);

        Assert.Equal("FLY1102", Assert.Single(problems).Code);
    }

    private static YamlSection Parse(string yaml, out ProblemList problems)
    {
        problems = [];
        return YamlSection.Parse("x.yaml", yaml, problems)!;
    }
}
