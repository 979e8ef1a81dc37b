using System.Buffers;
using System.Text.Json;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>
/// Rows of one source on their way through the gate: each is read, checked against the contract and either kept in its stored form or put
/// aside with its problems. <see cref="EventLog"/> appends a batch; then it can be cleared and filled again. Not thread-safe.
/// </summary>
public sealed class RowBatch : IDisposable
{
    private readonly RowReader reader;
    private readonly RowWriter writer;
    private readonly Value[] row;
    private readonly ArrayBufferWriter<byte> stored = new(4096);
    private readonly SipHash hash;
    private readonly bool keepsValues;
    private readonly EarlierReader? earlier;
    private readonly BatchObservation? own;
    private readonly ForeignKeyRule[] foreignKeys;
    private readonly KeyColumns columns;
    private readonly List<UInt128> more = [];
    private readonly WaitingRows waiting = new();
    private readonly List<(ForeignKeyRule Rule, UInt128 Parent)> missing = [];
    private readonly bool refersToItself;
    private readonly bool isKnownAtEventTime;
    private KeptRowReader? kept;
    private long? stated;
    private bool isEarlier;

    internal RowBatch(ContractPlan plan, SipHash hash, RowBatchTerms terms)
    {
        Plan = plan;
        KnownAt = terms.KnownAt;
        this.hash = hash;
        keepsValues = terms.KeepsValues;
        earlier = terms.Earlier;
        foreignKeys = [.. terms.ForeignKeys];
        refersToItself = foreignKeys.Any(f => f.IsOwn);
        columns = terms.Columns;
        isKnownAtEventTime = terms.IsKnownAtEventTime;
        own = plan.Quality.Observes || terms.Reference is not null || foreignKeys.Length > 0 ? new BatchObservation(plan, hash, terms.Reference) : null;
        Observation = own;
        Originals = new OriginalKeeper(plan, KnownAt is { ContractIndex: < 0 } ? KnownAt.Name : null);
        reader = new RowReader(plan, KnownAt is { ContractIndex: < 0 } ? KnownAt : null);
        writer = new RowWriter(plan);
        row = new Value[plan.Fields.Length];
    }

    public ContractPlan Plan { get; }

    /// <summary>Rows added since the batch was last cleared.</summary>
    public int Received { get; private set; }

    /// <summary>The column that says when each row was known, or null.</summary>
    internal KnownAtColumn? KnownAt { get; }

    /// <summary>False for rows that are taken back: what they refer to may be gone.</summary>
    internal bool ChecksReferences { get; set; } = true;

    /// <summary>Where the batch begins in what it is a part of: problems name a row by its place there.</summary>
    internal long FirstRow { get; set; }

    /// <summary>Bytes of the rows added, as they came.</summary>
    internal long Bytes { get; private set; }
    /// <summary>What the rows showed so far; null when nothing asks for it.</summary>
    internal BatchObservation? Observation { get; private set; }

    internal List<AcceptedRow> Accepted { get; } = [];

    internal List<RefusedRow> Refused { get; } = [];

    /// <summary>The accepted rows with all that they are looked up by.</summary>
    internal KeyedRows Keyed => new(Accepted, more, columns);

    /// <summary>What the batch becomes in the journal; filled when it is sent, and kept here to be used again.</summary>
    internal List<JournalEntry> Entries { get; } = [];

    /// <summary>The row being read, for readers of files: they clear it, fill it, and call <see cref="Judge(long?)"/> and <see cref="Add"/>.</summary>
    internal Span<Value> Row => row;

    /// <summary>Decides what is kept of a row that is put aside.</summary>
    internal OriginalKeeper Originals { get; }

    /// <summary>What is wrong with the row being read.</summary>
    internal RowProblems Problems { get; } = new();

    /// <summary>Adds one row as JSON text: any bytes, what is not one object becomes a refused row.</summary>
    public void AddJson(ReadOnlySpan<byte> json)
    {
        if (!reader.Read(json, row, Problems))
        {
            ReadEarlier(json);
        }

        Add(Judge(Beside) ? null : Originals.Json(json), json.Length);
    }

    /// <summary>Adds the object that <paramref name="json"/> begins, and leaves it at its end. Throws <see cref="JsonException"/> for broken JSON.</summary>
    internal void AddJson(ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        var start = (int)json.TokenStartIndex;
        var good = reader.Read(ref json, row, Problems);
        var original = body[start..(int)json.BytesConsumed];
        if (!good)
        {
            ReadEarlier(original);
        }

        Add(Judge(Beside) ? null : Originals.Json(original), original.Length);
    }

    /// <summary>Adds a row that is no object at all, such as a number in an array of rows.</summary>
    internal void AddBroken(Problem problem, ReadOnlySpan<byte> original)
    {
        Problems.Clear();
        Problems.Add(problem);
        row.AsSpan().Clear();
        stated = null;
        Add(Originals.Unread(original), original.Length);
    }

    /// <summary>Adds a row that was kept aside, judged by the contract as it is now.</summary>
    internal void AddKept(QuarantinedRow original)
    {
        kept ??= new KeptRowReader(Plan);
        var known = kept.Read(original, row, Problems);
        Add(Judge(known) ? null : original.AsKept(), original.Original.Length);
    }

    /// <summary>Adds an edited copy of a row that was kept aside: new values as they would arrive, and those replaced on arrival as they stand.</summary>
    internal void AddEdited(QuarantinedRow original, ReadOnlySpan<byte> json)
    {
        kept ??= new KeptRowReader(Plan);
        var known = kept.ReadEdited(original, json, row, Problems);
        Add(Judge(known) ? null : Originals.Json(json), json.Length);
    }

    /// <summary>Adds a row that was held in its stored form, judged by the contract as it is now.</summary>
    /// <param name="stored">Its stored form.</param>
    /// <param name="knownAtMicros">As its import stated it; null leaves it to the log.</param>
    internal void AddHeld(ReadOnlySpan<byte> stored, long? knownAtMicros)
    {
        kept ??= new KeptRowReader(Plan);
        kept.ReadStored(stored, row, Problems);
        Add(Judge(knownAtMicros) ? null : KeptOriginal.OfStored(stored), stored.Length);
    }

    /// <summary>Settles whether the row that stands in <see cref="Row"/> is good: it is when there are no <see cref="Problems"/> with it.</summary>
    /// <param name="knownAtMicros">From a column beside the contract.</param>
    internal bool Judge(long? knownAtMicros)
    {
        stated = knownAtMicros;
        if (stated is null && Problems.Count == 0 && KnownAt is { ContractIndex: >= 0 and var index })
        {
            stated = row[index].IsNull ? null : row[index].AsTimestamp.Micros;
            if (stated is null)
            {
                Problems.Add(KnownAt.Problems.Null);
            }
        }

        return Problems.Count == 0 && Plan.Quality.Admits(row, Problems, Observation) && HasParents();
    }

    /// <summary>Adds the row that was judged.</summary>
    /// <param name="original">What is kept of a row that is not good; null for a good one.</param>
    /// <param name="size">Its bytes as they came.</param>
    internal void Add(KeptOriginal? original, long size)
    {
        if (original is null)
        {
            Keep(stated);
        }
        else
        {
            Observation?.Refuse();
            Refused.Add(new RefusedRow(Position, Problems.ToList(), original, stated ?? InContract));
        }

        isEarlier = false;
        Received++;
        Bytes += size;
    }

    /// <summary>What the rules and statistics of many rows say of the rows added since the batch was last cleared.</summary>
    public BatchVerdict Judge() => JudgeAt(null);

    /// <summary>The same, and how late they are.</summary>
    /// <param name="now">When the rows are known whose known-at the log assigns; null leaves freshness out.</param>
    internal BatchVerdict JudgeAt(EventTime? now)
    {
        Settle();
        return own is null ? BatchVerdict.Clean : Plan.Quality.Judge(own, now);
    }

    /// <summary>No more rows come: those that waited for a parent in the same batch stay, or are put aside. Does nothing the second time.</summary>
    internal void Settle()
    {
        if (waiting.IsEmpty)
        {
            return;
        }

        var broken = waiting.Broken(Keyed, key => Observation?.HasOwn(key) ?? false);
        foreach (var index in waiting.Rows)
        {
            var accepted = Accepted[index];
            if (broken.TryGetValue(index, out var rules))
            {
                Refused.Add(new RefusedRow(accepted.Row, [.. rules.Select(r => r.Problem)], KeptOriginal.OfStored(StoredForm(accepted).Span), accepted.KnownAtMicros));
                Observation?.Refuse();
            }
            else
            {
                Observe(waiting.ValuesOf(index), index, (ulong)hash.Of(StoredForm(accepted).Span));
            }
        }

        var places = 0;
        Accepted.RemoveAll(_ => broken.ContainsKey(places++));
        waiting.Clear();
    }

    public void Clear()
    {
        Received = 0;
        Bytes = 0;
        FirstRow = 0;
        own?.Clear();
        Accepted.Clear();
        more.Clear();
        waiting.Clear();
        Refused.Clear();
        Entries.Clear();
        Originals.Clear();
        stored.ResetWrittenCount();
    }

    public void Dispose() => writer.Dispose();

    /// <summary>From now on rows are observed as a part of something larger, that is judged as a whole.</summary>
    internal void ObserveInto(BatchObservation? whole) => Observation = whole;

    internal ReadOnlyMemory<byte> StoredForm(in AcceptedRow accepted) => stored.WrittenMemory.Slice(accepted.Offset, accepted.Length);

    private int Position => (int)Math.Min(FirstRow + Received, int.MaxValue);

    /// <summary>What the column beside the contract held in the JSON row just read.</summary>
    private long? Beside => isEarlier ? reader.BesideMicros ?? earlier!.BesideMicros : reader.BesideMicros;

    /// <summary>Known-at from a column of the contract, in a row that breaks it elsewhere.</summary>
    private long? InContract => KnownAt is { ContractIndex: >= 0 and var index } && row[index] is { IsNull: false, Kind: ScalarType.Timestamp } value ? value.AsTimestamp.Micros : null;

    /// <summary>The row that stands in <see cref="Row"/> breaks the contract, and satisfies the earlier version that is accepted beside it.</summary>
    internal void TakeEarlier()
    {
        isEarlier = true;
        Problems.Clear();
    }

    /// <summary>A second chance for a row that breaks the contract, while an earlier version is accepted beside it.</summary>
    private void ReadEarlier(ReadOnlySpan<byte> json)
    {
        if (earlier?.TryRead(json, row) ?? false)
        {
            TakeEarlier();
        }
    }

    /// <summary>Looks up what the row refers to; false when the contract puts aside a row that refers to nothing.</summary>
    private bool HasParents()
    {
        missing.Clear();
        if (!ChecksReferences)
        {
            return true;
        }

        var admitted = true;
        foreach (var rule in foreignKeys)
        {
            var parent = rule.ParentOf(row, hash);
            if (parent == UInt128.Zero || rule.IsStored(parent))
            {
                continue;
            }

            if (rule.IsOwn)
            {
                missing.Add((rule, parent));
                continue;
            }

            if (Plan.Definition.ForeignKeys == RuleOutcome.Quarantine)
            {
                if (admitted)
                {
                    Problems.Clear();
                }

                Problems.Add(rule.Problem);
                admitted = false;
            }
            else
            {
                Observation?.AddOrphan(rule.Name);
            }
        }

        return admitted;
    }

    private void Keep(long? knownAtMicros)
    {
        var offset = stored.WrittenCount;
        writer.Write(row, stored);
        var length = stored.WrittenCount - offset;
        var hasKey = columns.HasPrimary;
        var content = columns.Judges || Observation is not null ? (ulong)hash.Of(stored.WrittenSpan[offset..]) : 0;
        var keysAt = more.Count;
        columns.AddTo(more, row, hash);
        Accepted.Add(new AcceptedRow
        {
            Row = Position,
            Offset = offset,
            Length = length,
            EventTimeMicros = Plan.IsTimedByArrival ? null : row[Plan.EventTimeIndex].AsTimestamp.Micros,
            KnownAtMicros = knownAtMicros,
            Key = hasKey ? RowKey.Hash(Plan, row, hash) : 0,
            Content = columns.Judges ? (uint)content : 0,
            Entity = Plan.TakesCorrections ? RowKey.EntityHash(Plan, row, hash) : 0,
            KeysAt = keysAt,
            Values = keepsValues ? (Value[])row.Clone() : null,
            IsEarlier = isEarlier,
        });
        Observation?.State(isKnownAtEventTime && !Plan.IsTimedByArrival ? row[Plan.EventTimeIndex].AsTimestamp.Micros : knownAtMicros);
        if (missing.Count == 0 || Plan.Definition.ForeignKeys != RuleOutcome.Quarantine)
        {
            Observe(row, Accepted.Count - 1, content);
        }
        else
        {
            waiting.Keep(Accepted.Count - 1, (Value[])row.Clone());
        }

        foreach (var (rule, parent) in missing)
        {
            if (Plan.Definition.ForeignKeys == RuleOutcome.Quarantine)
            {
                waiting.Add(Accepted.Count - 1, rule, parent);
            }
            else
            {
                Observation?.AddMissing(rule.Name, parent);
            }
        }
    }

    /// <summary>Counts a row that stays.</summary>
    private void Observe(ReadOnlySpan<Value> values, int index, ulong content)
    {
        Observation?.Add(values, content);
        if (refersToItself && Observation is { } observation)
        {
            foreach (var key in WaitingRows.KeysOf(Keyed, index))
            {
                observation.AddOwn(key);
            }
        }
    }
}
