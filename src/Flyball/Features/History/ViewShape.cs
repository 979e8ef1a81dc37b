using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>Every feature of the asked views, in their order, as <c>view__feature</c>; where statuses are told, each followed by <c>view__feature__status</c>.</summary>
internal sealed class ViewShape : IHistoryShape
{
    private static readonly Value[] StatusTexts = [.. Enum.GetValues<FeatureStatus>().Select(s => Value.FromText(TextOf(s)))];

    private readonly (int Lane, int Offset)[] picks;
    private readonly bool[] isStatus;

    public ViewShape(IEnumerable<EntityFeatureView> views, IReadOnlyList<ViewLane> lanes, bool tellsStatuses)
    {
        var columns = new List<Field>();
        var picked = new List<(int Lane, int Offset)>();
        foreach (var view in views)
        {
            var lane = lanes.Select((l, i) => (l, i)).First(l => l.l.Views.Any(v => v.Ordinal == view.Ordinal)).i;
            var offset = lanes[lane].OffsetOf(view);
            foreach (var feature in view.Plan.Features)
            {
                columns.Add(new(NameOf(view.Name, feature.Name), feature.Type));
                picked.Add((lane, offset));
                if (tellsStatuses)
                {
                    columns.Add(new($"{NameOf(view.Name, feature.Name)}__status", ScalarType.Text));
                    picked.Add((lane, offset + lanes[lane].StatusOffset));
                }

                offset++;
            }
        }

        Columns = columns;
        picks = [.. picked];
        isStatus = [.. picks.Select((_, i) => tellsStatuses && i % 2 == 1)];
    }

    public IReadOnlyList<Field> Columns { get; }

    public IReadOnlyList<Field> Reads => [];

    /// <summary>A status is a number in its lane and a text in the result.</summary>
    public IReadOnlyList<(int Lane, int Offset)>? Picks => isStatus.Contains(true) ? null : picks;

    /// <summary>The column of a feature: two underscores, because a dot has to be quoted in SQL and most data frames.</summary>
    public static string NameOf(string view, string feature) => $"{view}__{feature}";

    public void Shape(ReadOnlySpan<Value> spine, IReadOnlyList<Memory<Value>> lanes, Span<Value> into)
    {
        for (var i = 0; i < picks.Length; i++)
        {
            var value = lanes[picks[i].Lane].Span[picks[i].Offset];
            into[i] = isStatus[i] ? StatusTexts[(int)value.AsInteger] : value;
        }
    }

    /// <summary>Present as PRESENT, NotFound as NOT_FOUND.</summary>
    private static string TextOf(FeatureStatus status)
    {
        var text = new StringBuilder();
        foreach (var c in status.ToString())
        {
            text.Append(char.IsAsciiLetterUpper(c) && text.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
