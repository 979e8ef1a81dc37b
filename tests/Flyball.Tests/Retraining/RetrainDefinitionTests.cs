using Flyball.Engine.Time;
using Flyball.Projects;
using Flyball.Retraining;
using Flyball.Tests.Registry;

namespace Flyball.Tests.Retraining;

public sealed class RetrainDefinitionTests
{
    [Fact]
    public void A_section_says_what_asks_how_long_to_wait_and_who_approves()
    {
        var definition = Read("schedule: \"*/15 3-5 1,15 jan-mar mon\"\n  when: [ performance_decay, actionable_drift ]\n  after: 10d\n  approve: automatic-if-gates-pass", out var codes);

        Assert.Empty(codes);
        Assert.Equal(["performance_decay", "feature_drift"], definition.AlertKinds);
        Assert.Equal((10 * Clock.MicrosPerDay, true), (definition.AfterMicros, definition.ApprovesItself));
        Assert.Equal("*/15 3-5 1,15 jan-mar mon", definition.Schedule);
    }

    [Fact]
    public void Without_a_word_on_approval_a_person_is_asked() => Assert.False(Read("when: actionable_drift", out _).ApprovesItself);

    [Fact]
    public void A_model_without_the_section_retrains_by_hand()
    {
        var problems = new ProblemList();

        Assert.Equal(RetrainDefinition.ByHand, RetrainDefinition.Read(RegistryFixture.Plan([]), problems));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("schedule: \"0 3 * *\"", "FLY1190")]
    [InlineData("schedule: \"60 3 * * 1\"", "FLY1190")]
    [InlineData("schedule: \"0 3 5-1 * 1\"", "FLY1190")]
    [InlineData("schedule: \"0 */0 * * 1\"", "FLY1190")]
    [InlineData("schedule: \"0 3 * foo 1\"", "FLY1190")]
    [InlineData("schedule: \"0 -3 * * 1\"", "FLY1190")]
    [InlineData("when: [ full_moon ]", "FLY1191")]
    [InlineData("after: 366d", "FLY1192")]
    [InlineData("approve: sometimes", "FLY1193")]
    [InlineData("aprove: always-ask", "FLY1103")]
    public void What_cannot_be_meant_is_refused(string line, string code)
    {
        Read(line, out var codes);

        Assert.Equal([code], codes);
    }

    private static RetrainDefinition Read(string lines, out List<string> codes)
    {
        var problems = new ProblemList();
        var definition = RetrainDefinition.Read(RegistryFixture.Plan([], more: $"retrain:\n  {lines}\n"), problems);
        codes = [.. problems.Select(p => p.Code)];
        return definition;
    }
}
