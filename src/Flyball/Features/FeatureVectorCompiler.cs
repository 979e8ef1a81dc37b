using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Projects;

namespace Flyball.Features;

/// <summary>Collects the members of a model's vector and lays out the scratch row they are computed in.</summary>
internal sealed class FeatureVectorCompiler(
    FeaturePlans plans, ContractPlan request, IReadOnlyDictionary<string, string> entities, ProblemLocation where, ProblemList problems)
{
    private readonly List<FeatureVectorPlan.EntityLookup> lookups = [];
    private readonly List<(string Name, RequestFeatureView View, string Feature)> onRequest = [];
    private readonly List<(string Name, ScalarType Type, Digest Definition)> columns = [];
    private readonly HashSet<string> selected = new(StringComparer.Ordinal);

    public void Select(string pattern)
    {
        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        var (viewName, feature) = dot > 0 ? (pattern[..dot], pattern[(dot + 1)..]) : (pattern, "*");
        var found = false;
        if (plans.EntityView(viewName) is { } entityView)
        {
            foreach (var plan in entityView.Plan.Features.Where(f => Selects(feature, entityView.Definition, f.Name)))
            {
                found = true;
                Add($"{viewName}.{plan.Name}", plan.Type, MeaningOf(entityView, plan));
                Lookup(entityView);
            }
        }
        else if (plans.RequestView(viewName) is { } requestView)
        {
            found = SelectOnRequest(requestView, feature);
        }

        if (!found)
        {
            var known = plans.EntityViews.Select(v => v.Name).Concat(plans.RequestViews.Select(v => v.Name));
            problems.Add(new Problem("FLY1124", $"No feature is called {pattern}.", where, $"Known views: {string.Join(", ", known.Order(StringComparer.Ordinal))}."));
        }
    }

    public (FeatureVectorPlan.EntityLookup[] Lookups, RowPlan[] OnRequest, int[] Picks, int VisibleWidth, IReadOnlyList<FeatureColumn> Columns) Finish()
    {
        // Request features may read any entity view: look up the ones they read, then lay the row out once.
        foreach (var (_, view, feature) in onRequest)
        {
            foreach (var read in view.Features.First(f => f.Name == feature).Plan.Reads)
            {
                if (plans.EntityViews.FirstOrDefault(v => v.Fields.Any(f => f.Name == read)) is { } needed)
                {
                    Lookup(needed);
                }
            }
        }

        var schema = request.Schema;
        var laidOut = new FeatureVectorPlan.EntityLookup[lookups.Count];
        for (var i = 0; i < lookups.Count; i++)
        {
            laidOut[i] = lookups[i] with { Offset = schema.Fields.Count };
            schema = schema.With(lookups[i].View.Fields);
        }

        var plansOnRequest = new List<RowPlan>();
        var picks = new int[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            var at = onRequest.FindIndex(r => r.Name == columns[i].Name);
            if (at < 0)
            {
                picks[i] = schema.IndexOf(columns[i].Name);
                continue;
            }

            var (_, view, feature) = onRequest[at];
            var definition = view.Definition.Features.First(f => f.Name == feature);
            var bound = RowBinder.Bind(definition.Expression, schema);
            problems.Add(bound.Problems.Select(p => p.In(definition.Where)));
            if (bound.Plan is { } plan)
            {
                picks[i] = schema.Fields.Count + plansOnRequest.Count;
                plansOnRequest.Add(plan);
            }
        }

        return (laidOut, [.. plansOnRequest], picks, schema.Fields.Count, [.. columns.Select(ColumnOf)]);
    }

    private FeatureColumn ColumnOf((string Name, ScalarType Type, Digest Definition) column)
    {
        var at = onRequest.FindIndex(r => r.Name == column.Name);
        return new FeatureColumn(column.Name, column.Type, column.Definition)
        {
            RequestColumns = at < 0 ? [] : [.. onRequest[at].View.Features.First(f => f.Name == onRequest[at].Feature).Plan.Reads.Where(r => request.Schema.IndexOf(r) >= 0).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>A retired feature is had by its name alone, as versions that were trained with it name it.</summary>
    private static bool Selects(string pattern, FeatureViewDefinition view, string name) =>
        pattern == name || (pattern == "*" && !view.Features.First(f => f.Name == name).IsRetired);

    private bool SelectOnRequest(RequestFeatureView view, string feature)
    {
        if (view.Source.Source != request.Source)
        {
            problems.Add(new Problem(
                "FLY1125", $"The view {view.Name} is computed from rows of {view.Source.Source}, but requests of this model are rows of {request.Source}.", where));
            return true;
        }

        var found = false;
        foreach (var (name, plan) in view.Features.Where(f => Selects(feature, view.Definition, f.Name)))
        {
            found = true;
            // The features it reads and not their whole views: another feature beside them, or a new description, changes nothing here.
            var upstream = plan.Reads.SelectMany(read => plans.EntityViews.SelectMany(v => v.Plan.Features.Where(f => $"{v.Name}.{f.Name}" == read).Select(f => MeaningOf(v, f))));
            Digest[] parts = [Digest.Of(plan.Canonical), FeatureReads.MeaningOf(request, plan.Reads), .. upstream];
            var full = $"{view.Name}.{name}";
            if (Add(full, plan.Type, EntityFeatureView.Identify(parts)))
            {
                onRequest.Add((full, view, name));
            }
        }

        return found;
    }

    private bool Add(string name, ScalarType type, Digest definition)
    {
        if (type == ScalarType.Timestamp)
        {
            problems.Add(new Problem("FLY1126", $"The feature {name} is a {type}; a model takes numbers and texts.", where, "Make it a number with an expression, for example epoch(…) or hour(…)."));
            return false;
        }

        if (!selected.Add(name))
        {
            return false;
        }

        columns.Add((name, type, definition));
        return true;
    }

    private void Lookup(EntityFeatureView view)
    {
        if (lookups.Any(l => l.View.Ordinal == view.Ordinal))
        {
            return;
        }

        var entity = view.Definition.Entity!;
        var column = KeyColumn(view);
        var index = request.Schema.IndexOf(column);
        if (index < 0)
        {
            problems.Add(new Problem(
                "FLY1127", $"The view {view.Name} needs the entity {entity}, and a request of {request.Source} has no column {column}.", where, "Name the column under predict: entities."));
            return;
        }

        var (stored, asked) = (view.Source.Schema.Fields[view.EntityIndex].Type, request.Schema.Fields[index].Type);
        if (stored != asked)
        {
            // The text "7" and the number 7 are different keys: every lookup would find nobody, and nobody would notice.
            problems.Add(new Problem(
                "FLY1128", $"The view {view.Name} keeps its entity {entity} as {stored}, and a request of {request.Source} has {column} as {asked}.", where, "Give both columns one type in their contracts."));
            return;
        }

        if (view.Source.TreatmentOf(view.EntityIndex) != request.TreatmentOf(index))
        {
            problems.Add(new Problem(
                "FLY1128", $"The view {view.Name} keeps its entity {entity} tokenised or not, and a request of {request.Source} has {column} the other way.", where, "Give both columns one classification in their contracts: a token never meets its value."));
            return;
        }

        lookups.Add(new FeatureVectorPlan.EntityLookup(view, index, 0));
    }

    /// <summary>What a feature of an entity is to this model: its expression, the events it folds, and by which keys on both sides.</summary>
    private Digest MeaningOf(EntityFeatureView view, FeaturePlan feature) =>
        EntityFeatureView.Identify(
            Digest.Of(feature.Canonical),
            FeatureReads.MeaningOf(view.Source, [.. FeatureReads.Of(view, feature.Name), view.Definition.Entity!]),
            Digest.Of(view.Definition.Entity!),
            Digest.Of(KeyColumn(view)));

    /// <summary>The request's column that holds the key of the view's entity.</summary>
    private string KeyColumn(EntityFeatureView view)
    {
        var entity = view.Definition.Entity!;
        return entities.FirstOrDefault(e => e.Key == entity || e.Value == entity).Value ?? entity;
    }
}
