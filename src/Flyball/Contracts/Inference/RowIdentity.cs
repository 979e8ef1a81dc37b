namespace Flyball.Contracts.Inference;

/// <summary>
/// Finds the key and the event time among drafted columns, at most one of each.
/// A key is a whole number or text that is complete and never repeats, and whose name or place says so. An event time is complete, and the
/// best by its name, then by standing in ascending order, then by place.
/// </summary>
internal static class RowIdentity
{
    private const int FewRows = 20;

    private static readonly string[] Times = ["event_time", "event_timestamp", "timestamp", "occurred_at", "datetime", "time", "ts", "pickup_datetime"];

    public static void Mark(List<ColumnDraft> drafts, long rows)
    {
        var time = drafts.Where(d => d.IsRequired && d.Misfits == 0 && d.LogicalType is "date" or "timestamp" && d.Personal is null)
            .OrderBy(TimeRank).ThenBy(d => d.Seen.IsAscending ? 0 : 1).ThenBy(drafts.IndexOf).FirstOrDefault();
        if (time is not null)
        {
            drafts[drafts.IndexOf(time)] = time with { IsEventTime = true };
        }

        var key = drafts.Where(d => rows >= FewRows && d.IsRequired && d.Seen.IsUnique && d.Misfits == 0 && d.Personal is null && d.LogicalType is "integer" or "string" && d.Seen.Nested == 0)
            .Select(d => (Draft: d, Score: KeyScore(d, drafts.IndexOf(d)))).Where(d => d.Score > 0).OrderByDescending(d => d.Score).FirstOrDefault().Draft;
        if (key is not null)
        {
            drafts[drafts.IndexOf(key)] = key with { IsKey = true };
        }
    }

    private static int TimeRank(ColumnDraft draft)
    {
        var words = PersonalSigns.WordsOf(draft.Name);
        var at = Array.IndexOf(Times, string.Join('_', words));
        var isTime = Array.Exists(words, w => w is "time" or "timestamp" or "datetime" or "at" or "ts");
        var isOfRecord = Array.Exists(words, w => w is "created" or "updated" or "modified" or "loaded" or "inserted" or "end" or "dropoff");
        return at >= 0 ? at : (draft.LogicalType == "timestamp" ? 100 : 200) + (isTime ? 0 : 10) + (isOfRecord ? 50 : 0);
    }

    private static int KeyScore(ColumnDraft draft, int place)
    {
        var words = PersonalSigns.WordsOf(draft.Name);
        var isNamed = words is [.., "id" or "key" or "uuid" or "number" or "code" or "instant" or "no"];
        return (isNamed ? 4 : 0) + (place == 0 ? 2 : 0);
    }
}
