using System.Diagnostics;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Issues;

/// <summary>A pattern of ordinary looks held a core for a minute with one long text, and answered 500 with a short one.</summary>
public sealed class PatternWorkTests
{
    private const string Head = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: s\n    properties:\n";

    [Theory]
    [InlineData("(x.{0,120}y.{0,120}){6}z")]
    [InlineData("^(x.{0,120}y.{0,120}){6}z$")]
    [InlineData("(a?){5000}b")]
    [InlineData("(.{0,30}a.{0,30}b){40}c")]
    public void A_pattern_that_takes_too_much_work_is_refused_at_its_line(string pattern)
    {
        var problem = Assert.Single(Sample.ProblemsOf(Head + $"      - {{ name: t, logicalType: string, logicalTypeOptions: {{ pattern: '{pattern}' }} }}\n"));

        Assert.Equal(("FLY1240", 9), (problem.Code, problem.Where!.Line));

        var metric = $"      - {{ name: t, logicalType: string, quality: [ {{ metric: invalidValues, mustBe: 0, arguments: {{ pattern: '{pattern}' }} }} ] }}\n";
        Assert.Contains(Sample.ProblemsOf(Head + metric), p => p.Code == "FLY1240");
    }

    [Theory]
    [InlineData("^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}$", 320)]
    [InlineData("^.{0,1900}$", 1_900)]
    [InlineData("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", 36)]
    [InlineData("^(DE|FR|IT)$", 2)]
    [InlineData(@"^\d{1,9}(\.\d{1,2})?$", 12)]
    [InlineData(@"^[a-z]+( [a-z]+)*$", 65_536)]
    [InlineData("error", 65_536)]
    [InlineData(@"^\$[0-9]+\$x", 65_536)]
    public void Ordinary_patterns_are_taken_for_texts_of_all_lengths_they_can_match(string pattern, int longest)
    {
        var bounded = BoundedPattern.Build(EcmaPattern.ToDotNet(pattern), out _);

        Assert.NotNull(bounded);
        Assert.True(bounded.Longest >= longest, $"{bounded.Longest}");
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("^abc", 1)]
    [InlineData("a{2,5}b$", 6)]
    [InlineData("^a{2,500}b$", 2)]
    [InlineData("(ab{3}|c){2}$", 8)]
    [InlineData("^(?:abc|def)$", 3)]
    [InlineData(@"[\]a-z]{3}\}{2}\p{Lu}x$", 7)]
    [InlineData("a{,3}$", 5)]
    [InlineData("^ab*(cd){1,3}$", 7)]
    public void Positions_are_counted(string pattern, long live) => Assert.Equal(live, PatternSize.Of(pattern).Live);

    [Fact]
    public void The_worst_pattern_that_is_taken_answers_in_a_second_whatever_the_text()
    {
        var worst = BoundedPattern.Build("(x.{0,40}y.{0,40}){6}z", out _);
        Assert.NotNull(worst);
        var random = new Random(5);
        var text = new string([.. Enumerable.Range(0, 65_000).Select(_ => "xyab"[random.Next(4)])]);
        var clock = Stopwatch.StartNew();

        Assert.False(worst.IsMatch(text));
        Assert.False(worst.IsMatch(text[..worst.Longest]));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_text_beyond_the_bound_breaks_the_rule_and_the_message_says_the_bound()
    {
        var plan = Sample.Compile(Head + "      - { name: t, logicalType: string, logicalTypeOptions: { pattern: '(x.{0,40}y.{0,40}){6}z' } }\n");
        var check = Assert.IsType<PatternCheck>(Assert.Single(plan.Fields[0].Checks));

        Assert.False(check.Holds(Value.FromText(new string('x', 65_000))));
        Assert.Contains("tried on texts of up to", check.Broken.Message, StringComparison.Ordinal);
    }
}
