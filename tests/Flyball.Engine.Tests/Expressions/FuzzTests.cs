using Flyball.Engine.Expressions;
using Flyball.Engine.Tests.Windows;
using Flyball.Engine.Windows;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Expressions;

public sealed class FuzzTests
{
    private static readonly Gen<Value[]> AnyRow = Gen.CollectToArray(Rows.Schema.Fields, f => RandomLogs.ValueOf(f.Type));

    [Fact]
    public void Any_text_parses_and_binds_or_says_why_and_never_throws()
    {
        var texts = Gen.OneOf(
            RandomExpressions.Noise(),
            RandomExpressions.Typed(),
            ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
            from text in RandomExpressions.Typed() from at in Gen.Choose(0, text.Length) from noise in RandomExpressions.Noise() select text.Insert(at, noise));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var row = RowBinder.Bind(text, Rows.Schema);
            var view = EntityViewPlan.Compile([new("f", text)], Rows.Schema);
            return row.Succeeded == (row.Problems.Count == 0)
                && view.Succeeded == (view.Problems.Count == 0)
                && row.Problems.Concat(view.Problems).All(p => p.Code.StartsWith("FLY10", StringComparison.Ordinal) && p.Where?.Column >= 1 && p.Where.Column <= text.Length + 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void A_well_typed_expression_gives_a_value_of_its_type_for_any_row()
    {
        var cases = from text in RandomExpressions.Typed() from row in AnyRow select (text, row);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var plan = Rows.Bind(c.text);
            var value = plan.Evaluate(c.row);
            return value.IsNull || (value.Kind == plan.Type && (plan.Type != ScalarType.Number || double.IsFinite(value.AsNumber)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void An_aggregate_of_any_expression_over_any_rows_never_throws()
    {
        var cases = from text in RandomExpressions.Aggregates(3)
                    from rows in AnyRow.ListOf(6)
                    from times in ArbMap.Default.GeneratorFor<long>().ListOf(7)
                    select (text, rows, times);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var plan = EntityViewPlan.Compile([new("f", c.text)], Rows.Schema).Plan!;
            var timeline = plan.NewTimeline();
            for (var i = 0; i < c.rows.Count; i++)
            {
                plan.Append(timeline, new(new(c.times[i]), new(c.times[i]), i + 1), c.rows[i]);
            }

            var into = new Value[1];
            var all = true;
            foreach (var t in c.times.SelectMany(x => new[] { x, unchecked(x + 1) }).Concat([long.MinValue, long.MaxValue]))
            {
                foreach (var visibility in new[] { Visibility.AsKnown, Visibility.AsCorrected, Visibility.SimulatedDelay(long.MaxValue) })
                {
                    all &= plan.Evaluate(timeline, new(t), new(3), into, visibility) && (into[0].IsNull || into[0].Kind == plan.Features[0].Type);
                }
            }

            return all;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }
}
