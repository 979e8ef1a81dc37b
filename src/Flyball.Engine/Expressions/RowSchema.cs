using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>The columns of a row in order. A row itself is a span of <see cref="Value"/> in this order; any value may be null.</summary>
public sealed class RowSchema
{
    private readonly FrozenDictionary<string, int> positions;

    /// <exception cref="ArgumentException">Two fields share a name.</exception>
    public RowSchema(IEnumerable<Field> fields)
    {
        Fields = [.. fields];
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Fields.Count; i++)
        {
            if (!byName.TryAdd(Fields[i].Name, i))
            {
                throw new ArgumentException($"Two fields are named '{Fields[i].Name}'.", nameof(fields));
            }
        }

        positions = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static RowSchema Empty { get; } = new([]);

    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The position of a field, or -1 when there is none of that name.</summary>
    public int IndexOf(string name) => positions.GetValueOrDefault(name, -1);

    /// <summary>This schema followed by more fields; positions of the present ones stay.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public RowSchema With(IEnumerable<Field> more) => new(Fields.Concat(more));
}
