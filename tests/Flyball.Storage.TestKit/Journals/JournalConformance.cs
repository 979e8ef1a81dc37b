using Flyball.Storage.Journals;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Flyball.Storage.TestKit.Journals;

/// <summary>What every configuration of the journal must do: generated lives, step by step beside a list in memory.</summary>
public abstract class JournalConformance
{
    private static readonly Gen<JournalStep> Steps = Gen.Frequency(
        (6, Gen.Choose(0, 900).ArrayOf().Where(s => s.Length is > 0 and < 12).Select(JournalStep (s) => new JournalStep.Append(s))),
        (3, Gen.Choose(0, 4).SelectMany(k => Gen.Elements(false, false, true).Select(JournalStep (o) => new JournalStep.Keyed(k, o)))),
        (1, Gen.Constant<JournalStep>(new JournalStep.Reopen())),
        (1, Gen.Choose(0, 100).Select(JournalStep (p) => new JournalStep.Kill(p))));

    /// <summary>The configuration under test.</summary>
    protected abstract JournalOptions Options { get; }

    [Fact]
    public void A_generated_life_leaves_exactly_what_was_acknowledged() =>
        Prop.ForAll(Steps.ListOf().ToArbitrary(), Live).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private async Task Live(IList<JournalStep> steps)
    {
        await using var life = new JournalLife(Options);
        await life.Run(steps);
    }
}
