using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Projects;

namespace Flyball.Features.Reads;

/// <summary>
/// Reads many features of many entities at one instant and one position of the log. Cost: one evaluation of a view for each entity, whatever
/// number of its features is asked for.
/// </summary>
public sealed class FeatureReader
{
    private const int MostValues = 1_000_000;

    private readonly OnlineFeatures online;
    private readonly EventLog events;
    private readonly TimeProvider time;
    private readonly FrozenDictionary<string, ViewNames> views;

    /// <param name="online">What is read.</param>
    /// <param name="events">Says how far it has been applied.</param>
    /// <param name="time">The instant of a read that names none.</param>
    public FeatureReader(OnlineFeatures online, EventLog events, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(online);
        this.online = online;
        this.events = events;
        this.time = time;
        views = online.Plans.EntityViews.ToFrozenDictionary(v => v.Name, v => new ViewNames(v), StringComparer.Ordinal);
    }

    public OnlineFeatures Online => online;

    /// <summary>Reads features of entity views.</summary>
    /// <param name="features">Each <c>view</c> + <paramref name="separator"/> + <c>feature</c>; <c>*</c> is every feature of the view.</param>
    /// <param name="separator">Between the view and the feature.</param>
    /// <param name="keys">The entities, by the name of each view's entity column.</param>
    /// <param name="at">The instant; null is now.</param>
    /// <exception cref="FlyballException">FLY3180: no such feature. FLY3181: before what is kept. FLY3182, FLY3183: a key is missing or of another type. FLY3186: too much.</exception>
    public FeatureAnswer Read(IReadOnlyList<string> features, char separator, IReadOnlyList<KeyColumn> keys, EventTime? at)
    {
        var groups = new List<Group>();
        var columns = new List<ReadColumn>();
        foreach (var name in features)
        {
            Select(name, separator, groups, columns);
        }

        if (columns.Count == 0)
        {
            throw ReadKeys.Wrong("features", "No feature is asked for.", "Name at least one.");
        }

        var answer = NewAnswer(columns, keys, at ?? EventTime.From(time.GetUtcNow()));
        for (var i = 0; i < groups.Count; i++)
        {
            Fill(groups[i], answer, i, KeysOf(groups[i].View, keys));
        }

        return answer;
    }

    /// <summary>Reads the vector of a model for requests that are given by their columns.</summary>
    /// <param name="vector">The model's.</param>
    /// <param name="keys">Columns of the requests' source; one that is not given is null, and the event time is now.</param>
    /// <exception cref="FlyballException">As above.</exception>
    public FeatureAnswer Read(FeatureVectorPlan vector, IReadOnlyList<KeyColumn> keys)
    {
        ArgumentNullException.ThrowIfNull(vector);
        var lookups = vector.Entities.ToList();
        var columns = vector.Columns.Select(c => ColumnOf(c.Name, lookups)).ToList();
        var answer = NewAnswer(columns, keys, EventTime.From(time.GetUtcNow()));
        var requests = new RequestRows(vector, keys, answer.At);
        var (row, scratch, values) = (new Value[vector.Request.Schema.Fields.Count], new Value[vector.ScratchWidth], new Value[columns.Count]);
        var (scratchStatuses, statuses) = (new FeatureStatus[vector.ScratchWidth], new FeatureStatus[columns.Count]);
        for (var r = 0; r < answer.Rows; r++)
        {
            requests.Fill(row, r);
            var t = vector.Request.EventTimeOf(row, answer.At);
            if (!vector.Evaluate(online, row, t, answer.Horizon, scratch, values, scratchStatuses, statuses))
            {
                throw TooEarly(lookups.FirstOrDefault(v => online.EarliestOf(v.View) > t, lookups[0]).View, t);
            }

            for (var c = 0; c < columns.Count; c++)
            {
                answer.Values[(c * answer.Rows) + r] = values[c];
                answer.Statuses[(c * answer.Rows) + r] = statuses[c];
            }

            for (var v = 0; v < answer.LastEvents.Count; v++)
            {
                answer.LastEvents[v][r] = online.LastEvent(lookups[v].View, row[lookups[v].RequestColumn], t, answer.Horizon);
            }
        }

        return answer;
    }

    /// <summary>What to say of an instant whose rows are not kept any more.</summary>
    public FlyballException TooEarly(EntityFeatureView view, EventTime t) => new(new Problem(
        "FLY3181",
        $"Events that the view {view.Name} needs at {t} are not kept online any more.",
        new ProblemLocation(Field: "at"),
        $"It answers from {online.EarliestOf(view)} on. Training and replay read the lake, which has them."));

    private void Fill(Group group, FeatureAnswer answer, int index, Value[] keys)
    {
        var view = group.View;
        var values = new Value[view.Plan.Features.Count];
        var statuses = new FeatureStatus[values.Length];
        for (var r = 0; r < answer.Rows; r++)
        {
            if (!online.Evaluate(view, keys[r], answer.At, answer.Horizon, values, statuses))
            {
                throw TooEarly(view, answer.At);
            }

            foreach (var (column, feature) in group.Picks)
            {
                answer.Values[(column * answer.Rows) + r] = values[feature];
                answer.Statuses[(column * answer.Rows) + r] = statuses[feature];
            }

            answer.LastEvents[index][r] = online.LastEvent(view, keys[r], answer.At, answer.Horizon);
        }
    }

    private FeatureAnswer NewAnswer(List<ReadColumn> columns, IReadOnlyList<KeyColumn> keys, EventTime at)
    {
        var rows = keys[0].Values.Count;
        if ((long)rows * columns.Count > MostValues)
        {
            throw new FlyballException(new Problem("FLY3186", $"{rows} entities with {columns.Count} features are more than {MostValues} values.", new ProblemLocation(Field: "features"), "Send several requests."));
        }

        return new FeatureAnswer(columns, rows, at, events.Applied);
    }

    private void Select(string name, char separator, List<Group> groups, List<ReadColumn> columns)
    {
        var cut = name.IndexOf(separator, StringComparison.Ordinal);
        if (cut <= 0 || !views.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(0, cut), out var names))
        {
            throw Unknown(name, separator, cut);
        }

        var index = groups.FindIndex(g => ReferenceEquals(g.View, names.View));
        if (index < 0)
        {
            index = groups.Count;
            groups.Add(new Group(names.View));
        }

        var feature = name.AsSpan(cut + 1);
        if (feature is "*")
        {
            for (var f = 0; f < names.View.Plan.Features.Count; f++)
            {
                groups[index].Pick(f, index, columns);
            }
        }
        else if (names.Features.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(feature, out var found))
        {
            groups[index].Pick(found, index, columns);
        }
        else
        {
            throw Unknown(name, separator, cut);
        }
    }

    private FlyballException Unknown(string name, char separator, int cut)
    {
        if (cut > 0 && online.Plans.RequestView(name[..cut]) is not null)
        {
            return new(new Problem("FLY3180", $"{name} is computed from a request, not from an entity.", new ProblemLocation(Field: "features"), "Ask for the vector of a model that uses it."));
        }

        var known = online.Plans.EntityViews.SelectMany(v => v.Plan.Features.Select(f => $"{v.Name}{separator}{f.Name}"));
        var nearest = NearestName.Of(name, known);
        return new(new Problem(
            "FLY3180", $"There is no feature {name} of an entity.", new ProblemLocation(Field: "features"), nearest is null ? "GET /v1/features lists them." : $"Did you mean '{nearest}'?"));
    }

    private static ReadColumn ColumnOf(string full, List<(EntityFeatureView View, int RequestColumn)> views)
    {
        var cut = full.IndexOf('.', StringComparison.Ordinal);
        return new ReadColumn(full[..cut], full[(cut + 1)..], views.FindIndex(v => string.Equals(v.View.Name, full[..cut], StringComparison.Ordinal)));
    }

    /// <summary>The keys of a view as its events were stored.</summary>
    private static Value[] KeysOf(EntityFeatureView view, IReadOnlyList<KeyColumn> columns)
    {
        var entity = view.Definition.Entity!;
        var column = columns.FirstOrDefault(c => string.Equals(c.Name, entity, StringComparison.Ordinal))
            ?? throw ReadKeys.Wrong(entity, $"The view {view.Name} needs the keys of {entity}.", $"Send a list of them under '{entity}'.");
        var type = view.Source.Schema.Fields[view.EntityIndex].Type;
        var keys = new Value[column.Values.Count];
        for (var r = 0; r < keys.Length; r++)
        {
            keys[r] = TypedValue.TryRead(column.Values[r], type, out var key)
                ? view.Source.ProtectKey(view.EntityIndex, key)
                : throw TypedValue.Mismatch(entity, r, type);
        }

        return keys;
    }

    /// <summary>A view and the places of its features by name.</summary>
    private sealed class ViewNames(EntityFeatureView view)
    {
        public EntityFeatureView View => view;

        public FrozenDictionary<string, int> Features { get; } =
            view.Plan.Features.Select((f, i) => (f.Name, i)).ToFrozenDictionary(f => f.Name, f => f.i, StringComparer.Ordinal);
    }

    /// <summary>What is asked of one view.</summary>
    private sealed class Group(EntityFeatureView view)
    {
        private readonly bool[] picked = new bool[view.Plan.Features.Count];

        public EntityFeatureView View => view;

        public List<(int Column, int Feature)> Picks { get; } = [];

        /// <summary>Once, however often it is asked for.</summary>
        public void Pick(int feature, int group, List<ReadColumn> columns)
        {
            if (!picked[feature])
            {
                picked[feature] = true;
                Picks.Add((columns.Count, feature));
                columns.Add(new ReadColumn(view.Name, view.Plan.Features[feature].Name, group));
            }
        }
    }
}
