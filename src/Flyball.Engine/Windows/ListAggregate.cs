using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>
/// <c>last_k(x, k)</c>: the last k values, the last first; <c>top_k(x, k)</c>: the k greatest, the greatest first. Nulls are passed over. A list is
/// text: a JSON array without spaces. Cost: <c>last_k</c> the rows it passes, <c>top_k</c> the rows of the window times k.
/// </summary>
internal sealed class ListAggregate(string name, bool greatest) : Aggregate(name)
{
    public const int MostItems = 100;

    public override string Accepts => greatest ? "a number, text or a timestamp" : "any value";

    public override string Constant => "how many, from 1 to 100";

    public override bool Takes(in Value constant) => constant.Kind == ScalarType.Integer && constant.Bits is >= 1 and <= MostItems;

    public override AggregateFold? Of(ScalarType type, FoldOptions options) =>
        greatest && type == ScalarType.Boolean ? null : new Items(type, StorageOf(type), (int)options.Constant.Bits, greatest);

    private sealed class Items(ScalarType of, InputStorage storage, int most, bool greatest) : AggregateFold(ScalarType.Text, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var items = new List<Value>(most);
            for (var i = input.Runs.Length - 1; i >= 0 && (greatest || items.Count < most); i--)
            {
                for (var row = input.Runs[i].End - 1; row >= input.Runs[i].First && (greatest || items.Count < most); row--)
                {
                    if (input.Column!.Presence[row] == InputColumn.Present)
                    {
                        Keep(items, input.Column.ValueAt(row, of));
                    }
                }
            }

            value = items.Count == 0 ? Value.Null : ListText.Of(items);
            return items.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }

        /// <summary>Rows come last first, so of equal values the later row stands first.</summary>
        private void Keep(List<Value> items, in Value item)
        {
            if (!greatest)
            {
                items.Add(item);
                return;
            }

            if (items.Count == most && Order(item, items[^1]) <= 0)
            {
                return;
            }

            var place = items.Count;
            while (place > 0 && Order(item, items[place - 1]) > 0)
            {
                place--;
            }

            if (items.Count == most)
            {
                items.RemoveAt(most - 1);
            }

            items.Insert(place, item);
        }

        private static int Order(in Value a, in Value b) => a.Kind switch
        {
            ScalarType.Number => a.Number.CompareTo(b.Number),
            ScalarType.Text => string.CompareOrdinal(a.Text, b.Text),
            _ => a.Bits.CompareTo(b.Bits),
        };
    }
}
