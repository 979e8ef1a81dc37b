using System.Collections.Frozen;
using System.Text;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Windows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Contracts;

/// <summary>
/// A contract, compiled: the columns of a source in order, what each row is checked against, and what identifies it. Immutable and
/// safe to share; a changed contract is a new plan, swapped whole.
/// </summary>
public sealed class ContractPlan
{
    private readonly FrozenDictionary<string, int> aliases;

    internal ContractPlan(ContractDefinition definition, IReadOnlyList<FieldPlan> fields, int eventTimeIndex, IReadOnlyList<int> primaryKey, IReadOnlyList<EntityField> entities)
    {
        Definition = definition;
        Fields = [.. fields];
        EventTimeIndex = eventTimeIndex;
        PrimaryKey = primaryKey;
        Entities = entities;
        EntityIndexes = [.. entities.Select(e => e.Index)];
        Schema = new RowSchema(fields.Select(f => new Field(f.Name, f.Type)));
        PhysicalNames = [.. AliasesOf(definition.Fields, Schema).Select(a => (Encoding.UTF8.GetBytes(a.Name), a.Column))];
        aliases = AliasesOf(definition.Fields, Schema).ToFrozenDictionary(a => a.Name, a => a.Column, StringComparer.Ordinal);
        HoldsPersonal = fields.Any(f => f.Privacy != PrivacyTreatment.Keep);
        if (HoldsPersonal)
        {
            HideNames();
        }

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

    /// <summary>A row with the key of a stored one and other content corrects it, and a stored row can be taken back.</summary>
    public bool TakesCorrections => Definition.TakesCorrections;

    /// <summary>Positions of the entities' columns.</summary>
    internal int[] EntityIndexes { get; }

    /// <summary>Positions of columns of which no two rows of the source have equal values, nulls apart; a key of one column is not among them.</summary>
    public IReadOnlyList<int> Unique { get; internal init; } = [];

    /// <summary>The foreign keys to sources of the same project.</summary>
    public IReadOnlyList<RelationshipPlan> Relationships { get; internal init; } = [];

    /// <summary>The lengths of time agreed for this source.</summary>
    public IReadOnlyList<ServiceLevel> ServiceLevels { get; internal init; } = [];

    /// <summary>Some field's values do not go in as they come.</summary>
    public bool HoldsPersonal { get; }

    /// <summary>Rules beyond the schema, and how batches are compared with the reference.</summary>
    public QualityPlan Quality { get; internal init; } = QualityPlan.Empty;

    /// <summary>When the window over small requests closes.</summary>
    public WindowDefinition Window { get; internal init; } = new();

    /// <summary>Names at the source, in UTF-8, with the columns they stand for: rows and files may use them instead of the columns' own.</summary>
    internal (byte[] Utf8Name, int Column)[] PhysicalNames { get; }

    internal FieldPlan[] Fields { get; }

    /// <summary>Makes this installation's tokens. The log gives it once to every contract that needs one; until then such a contract lets nothing in.</summary>
    internal Tokeniser? Tokens { get; set; }

    /// <summary>Position of the column that rows and files call so, by its name or its <c>physicalName</c>; -1 for none. Names go before physical names.</summary>
    public int ColumnOf(string name) => Schema.IndexOf(name) is >= 0 and var index ? index : aliases.GetValueOrDefault(name, -1);

    /// <summary>What becomes of a column's values at the door.</summary>
    public PrivacyTreatment TreatmentOf(int column) => Fields[column].Privacy;

    /// <summary>What is stored for a value that passed its checks.</summary>
    /// <exception cref="InvalidOperationException">The contract holds personal fields and was given no key.</exception>
    public Value Protect(int column, Value value) => Fields[column].Privacy switch
    {
        PrivacyTreatment.Tokenise when !value.IsNull => Value.FromText(TokensOrFail().Of(value.AsText)),
        PrivacyTreatment.Drop => Value.Null,
        _ => value,
    };

    /// <summary>A key as a caller names it, such as in a URL: a personal one as its token, and a token as itself.</summary>
    public Value ProtectKey(int column, Value value) =>
        Fields[column].Privacy == PrivacyTreatment.Tokenise && value.Kind == ScalarType.Text && Tokeniser.IsToken(value.AsText) ? value : Protect(column, value);

    /// <summary>A name that a sender wrote, for a message: where the contract holds personal fields, a file without a header has values there.</summary>
    internal string ShownName(string name) => HoldsPersonal ? $"A column (its name is not shown: the contract holds personal fields)" : $"'{(name.Length > 64 ? name[..64] : name)}'";

    /// <summary>From now on no message shows a name inside a nested value that is not the contract's.</summary>
    internal void HideNames()
    {
        foreach (var field in Fields)
        {
            field.HidesNames = true;
        }
    }

    internal Tokeniser TokensOrFail() =>
        Tokens ?? throw new InvalidOperationException($"The contract of {Source} holds personal fields: open its log with the key of tokens.");

    /// <summary>A physical name that two columns have, or that is another's name, tells nothing.</summary>
    internal static IEnumerable<(string Name, int Column)> AliasesOf(IReadOnlyList<FieldDefinition> fields, RowSchema schema) => fields.Index()
        .Where(f => f.Item.PhysicalName is not null && schema.IndexOf(f.Item.PhysicalName) < 0)
        .GroupBy(f => f.Item.PhysicalName!, StringComparer.Ordinal)
        .Where(g => g.Count() == 1)
        .Select(g => (g.Key, g.First().Index));

    /// <summary>Whether all rows of one fact have the same value there: any column where rows are not corrected, else the key's and the entities'.</summary>
    public bool StaysWithFact(int column) => !TakesCorrections || PrimaryKey.Contains(column) || EntityIndexes.Contains(column);

    /// <summary>The fact a stored row is about: none in a source that takes no corrections, or for a row of an older contract without the key.</summary>
    public RowIdentity IdentityOf(ReadOnlySpan<Value> row, bool isRetraction)
    {
        if (!TakesCorrections)
        {
            return RowIdentity.None;
        }

        foreach (var index in PrimaryKey)
        {
            if (row[index].IsNull)
            {
                return RowIdentity.None;
            }
        }

        var key = RowKey.Identity(this, row);
        return isRetraction ? RowIdentity.Retraction(key) : RowIdentity.Of(key);
    }

    /// <summary>When a row's fact was true.</summary>
    /// <param name="row">Accepted, in the order of <see cref="Schema"/>.</param>
    /// <param name="arrival">When it arrived: the answer for a source without a column of event time.</param>
    public EventTime EventTimeOf(ReadOnlySpan<Value> row, EventTime arrival) => IsTimedByArrival ? arrival : row[EventTimeIndex].AsTimestamp;
}
