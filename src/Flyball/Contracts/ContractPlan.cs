using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Contracts;

/// <summary>
/// A contract, compiled: the columns of a source in order, what each row is checked against, and what identifies it. Immutable and
/// safe to share; a changed contract is a new plan, swapped whole.
/// </summary>
public sealed class ContractPlan
{
    internal ContractPlan(ContractDefinition definition, IReadOnlyList<FieldPlan> fields, int eventTimeIndex, IReadOnlyList<int> primaryKey, IReadOnlyList<EntityField> entities)
    {
        Definition = definition;
        Fields = [.. fields];
        EventTimeIndex = eventTimeIndex;
        PrimaryKey = primaryKey;
        Entities = entities;
        Schema = new RowSchema(fields.Select(f => new Field(f.Name, f.Type)));
        Digest = CanonicalJson.Digest(definition.Document);
    }

    public ContractDefinition Definition { get; }

    /// <summary>Name of the source, as in <c>/v1/events/{source}</c>.</summary>
    public string Source => Definition.Source;

    /// <summary>The contract's version as its owner counts; <see cref="Digest"/> is what identifies it.</summary>
    public string Version => Definition.Version;

    /// <summary>Digest of the whole file in canonical form.</summary>
    public Digest Digest { get; }

    /// <summary>The columns. A row of this source is a span of values in this order.</summary>
    public RowSchema Schema { get; }

    /// <summary>Position of the column that holds event time, never null in an accepted row; -1 for a source whose facts are true from their arrival on.</summary>
    public int EventTimeIndex { get; }

    /// <summary>No column holds event time: a row's event time is its known-at.</summary>
    public bool IsTimedByArrival => EventTimeIndex < 0;

    /// <summary>Positions of the key's columns in key order, never null in an accepted row; empty for a source without a key.</summary>
    public IReadOnlyList<int> PrimaryKey { get; }

    public IReadOnlyList<EntityField> Entities { get; }

    /// <summary>Rules beyond the schema, and how batches are compared with the reference.</summary>
    public QualityPlan Quality { get; internal init; } = QualityPlan.Empty;

    /// <summary>Foreign keys to other sources of the project.</summary>
    public IReadOnlyList<RelationshipPlan> Relationships { get; internal init; } = [];

    internal FieldPlan[] Fields { get; }

    /// <summary>When a row's fact was true.</summary>
    /// <param name="row">Accepted, in the order of <see cref="Schema"/>.</param>
    /// <param name="arrival">When it arrived: the answer for a source without a column of event time.</param>
    public EventTime EventTimeOf(ReadOnlySpan<Value> row, EventTime arrival) => IsTimedByArrival ? arrival : row[EventTimeIndex].AsTimestamp;
}
