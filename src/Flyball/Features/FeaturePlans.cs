using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Projects;

namespace Flyball.Features;

/// <summary>
/// All feature views of a workspace, compiled. Immutable; swapped whole when definitions are applied.
/// The delegate-like plans inside are the only implementation of a feature: ingestion, online lookup, training sets
/// and replay all call them.
/// </summary>
public sealed class FeaturePlans
{
    private readonly FrozenDictionary<string, EntityFeatureView> entityViews;
    private readonly FrozenDictionary<string, RequestFeatureView> requestViews;

    private FeaturePlans(IReadOnlyList<EntityFeatureView> entity, IReadOnlyList<RequestFeatureView> request)
    {
        EntityViews = entity;
        RequestViews = request;
        entityViews = entity.ToFrozenDictionary(v => v.Name, StringComparer.Ordinal);
        requestViews = request.ToFrozenDictionary(v => v.Name, StringComparer.Ordinal);
    }

    /// <summary>In order of their names, so that an ordinal does not depend on the order of files.</summary>
    public IReadOnlyList<EntityFeatureView> EntityViews { get; }

    public IReadOnlyList<RequestFeatureView> RequestViews { get; }

    public EntityFeatureView? EntityView(string name) => entityViews.GetValueOrDefault(name);

    public RequestFeatureView? RequestView(string name) => requestViews.GetValueOrDefault(name);

    /// <summary>Compiles every view and reports every problem.</summary>
    public static FeaturePlans Compile(IReadOnlyList<FeatureViewDefinition> definitions, IReadOnlyDictionary<string, ContractPlan> contracts, ProblemList problems)
    {
        var ordered = definitions.OrderBy(d => d.Name, StringComparer.Ordinal).ToList();
        foreach (var twice in ordered.GroupBy(d => d.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add(new Problem("FLY1121", $"The feature view {twice.Key} is defined {twice.Count()} times.", twice.Last().Where, "Names of views are unique in a workspace."));
        }

        var entity = new List<EntityFeatureView>();
        foreach (var definition in ordered.Where(d => !d.OnRequest).DistinctBy(d => d.Name, StringComparer.Ordinal))
        {
            if (CompileEntity(entity.Count, definition, contracts, problems) is { } view)
            {
                entity.Add(view);
            }
        }

        var fields = entity.SelectMany(v => v.Fields).ToList();
        var request = new List<RequestFeatureView>();
        foreach (var definition in ordered.Where(d => d.OnRequest).DistinctBy(d => d.Name, StringComparer.Ordinal))
        {
            if (CompileRequest(definition, fields, contracts, problems) is { } view)
            {
                request.Add(view);
            }
        }

        return new FeaturePlans(entity, request);
    }

    private static EntityFeatureView? CompileEntity(
        int ordinal, FeatureViewDefinition definition, IReadOnlyDictionary<string, ContractPlan> contracts, ProblemList problems)
    {
        if (SourceOf(definition, contracts, problems) is not { } source)
        {
            return null;
        }

        var entityIndex = source.Schema.IndexOf(definition.Entity!);
        if (entityIndex < 0)
        {
            problems.Add(new Problem("FLY1123", $"The source {source.Source} has no column {definition.Entity} to be the entity.", definition.Where));
            return null;
        }

        if (!source.StaysWithFact(entityIndex))
        {
            problems.Add(new Problem(
                "FLY1221", $"The source {source.Source} takes corrections, and {definition.Entity} is neither part of its key nor marked as an entity.", definition.Where, "Mark the column with the custom property entity in the contract: a correction then stays with its entity."));
            return null;
        }

        var features = definition.Features.Select(f => new FeatureSource(f.Name, f.Expression, f.Where)).ToList();
        var outcome = EntityViewPlan.Compile(features, source.Schema);
        problems.Add(outcome.Problems);
        foreach (var feature in outcome.Plan?.Features ?? [])
        {
            definition.Features.First(f => f.Name == feature.Name).Checks?.Judge($"{definition.Name}.{feature.Name}", feature.Type, onRequest: false, problems);
        }

        return outcome.Plan is { } plan ? new EntityFeatureView(ordinal, definition, source, entityIndex, plan) : null;
    }

    private static RequestFeatureView? CompileRequest(
        FeatureViewDefinition definition, IReadOnlyList<Field> entityFields, IReadOnlyDictionary<string, ContractPlan> contracts, ProblemList problems)
    {
        if (SourceOf(definition, contracts, problems) is not { } source)
        {
            return null;
        }

        var schema = source.Schema.With(entityFields);
        var plans = new List<(string Name, RowPlan Plan)>();
        foreach (var feature in definition.Features)
        {
            var outcome = RowBinder.Bind(feature.Expression, schema);
            problems.Add(outcome.Problems.Select(p => p.In(feature.Where)));
            if (outcome.Plan is { } plan)
            {
                feature.Checks?.Judge($"{definition.Name}.{feature.Name}", plan.Type, onRequest: true, problems);
                plans.Add((feature.Name, plan));
            }
        }

        return plans.Count == definition.Features.Count ? new RequestFeatureView(definition, source, plans) : null;
    }

    private static ContractPlan? SourceOf(FeatureViewDefinition definition, IReadOnlyDictionary<string, ContractPlan> contracts, ProblemList problems)
    {
        if (contracts.TryGetValue(definition.Source, out var source))
        {
            return source;
        }

        problems.Add(new Problem(
            "FLY1122", $"The feature view {definition.Name} reads the source {definition.Source}, which has no contract.", definition.Where, $"Known sources: {string.Join(", ", contracts.Keys.Order(StringComparer.Ordinal))}."));
        return null;
    }
}
