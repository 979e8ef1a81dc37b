using System.Buffers;
using System.Text.Json;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
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
        own = plan.Quality.Observes || terms.Reference is not null || foreignKeys.Length > 0 ? new BatchObservation(plan, hash, terms.Reference) : null;
        Observation = own;
        Originals = new OriginalKeeper(plan);
        reader = new RowReader(plan, KnownAt is { ContractIndex: < 0 } ? KnownAt : null);
        writer = new RowWriter(plan);
        row = new Value[plan.Fields.Length];
    }

    public ContractPlan Plan { get; }

    /// <summary>Rows added since the batch was last cleared.</summary>
    public int Received { get; private set; }

    /// <summary>The column that says when each row was known, or null.</summary>
    internal KnownAtColumn? KnownAt { get; }

    /// <summary>Where the batch begins in what it is a part of: problems name a row by its place there.</summary>
    internal long FirstRow { get; set; }

    /// <summary>Bytes of the rows added, as they came.</summary>
    internal long Bytes { get; private set; }
    /// <summary>What the rows showed so far; null when nothing asks for it.</summary>
    internal BatchObservation? Observation { get; private set; }

    internal List<AcceptedRow> Accepted { get; } = [];

    internal List<RefusedRow> Refused { get; } = [];

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

        Add(Judge(reader.BesideMicros) ? null : Originals.Json(json), json.Length);
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

        Add(Judge(reader.BesideMicros) ? null : Originals.Json(original), original.Length);
    }

    /// <summary>Adds a row that is no object at all, such as a number in an array of rows.</summary>
    internal void AddBroken(Problem problem, ReadOnlySpan<byte> original)
    {
        Problems.Clear();
        Problems.Add(problem);
        Add(Originals.Unread(original), original.Length);
    }

    /// <summary>Adds a row that was kept aside, judged by the contract as it is now.</summary>
    internal void AddKept(QuarantinedRow original)
    {
        kept ??= new KeptRowReader(Plan);
        kept.Read(original, row, Problems);
        Add(Judge(null) ? null : original.AsKept(), original.Original.Length);
    }

    /// <summary>Adds an edited copy of a row that was kept aside: new values as they would arrive, and those replaced on arrival as they stand.</summary>
    internal void AddEdited(ReadOnlySpan<byte> json)
    {
        kept ??= new KeptRowReader(Plan);
        kept.ReadEdited(json, row, Problems);
        Add(Judge(null) ? null : Originals.Json(json), json.Length);
    }

    /// <summary>Adds a row that was held in its stored form, judged by the contract as it is now.</summary>
    internal void AddHeld(ReadOnlySpan<byte> stored)
    {
        kept ??= new KeptRowReader(Plan);
        kept.ReadStored(stored, row, Problems);
        Add(Judge(null) ? null : KeptOriginal.OfStored(stored), stored.Length);
    }

    /// <summary>Settles whether the row that stands in <see cref="Row"/> is good: it is when there are no <see cref="Problems"/> with it.</summary>
    /// <param name="knownAtMicros">From a column beside the contract.</param>
    internal bool Judge(long? knownAtMicros)
    {
        stated = knownAtMicros;
        if (Problems.Count == 0 && KnownAt is { ContractIndex: >= 0 and var index })
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
            Refused.Add(new RefusedRow(Position, Problems.ToList(), original));
        }

        Received++;
        Bytes += size;
    }

    /// <summary>What the rules and statistics of many rows say of the rows added since the batch was last cleared.</summary>
    public BatchVerdict Judge() => own is null ? BatchVerdict.Clean : Plan.Quality.Judge(own);

    public void Clear()
    {
        Received = 0;
        Bytes = 0;
        FirstRow = 0;
        own?.Clear();
        Accepted.Clear();
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

    /// <summary>A second chance for a row that breaks the contract, while an earlier version is accepted beside it.</summary>
    private void ReadEarlier(ReadOnlySpan<byte> json)
    {
        isEarlier = earlier?.TryRead(json, row) ?? false;
        if (isEarlier)
        {
            Problems.Clear();
        }
    }

    /// <summary>Looks up what the row refers to; false when the contract puts aside a row that refers to nothing.</summary>
    private bool HasParents()
    {
        var admitted = true;
        foreach (var rule in foreignKeys)
        {
            if (rule.Holds(row, hash))
            {
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
        var hasKey = Plan.PrimaryKey.Count > 0;
        var content = hasKey || Observation is not null ? (ulong)hash.Of(stored.WrittenSpan[offset..]) : 0;
        Observation?.Add(row, content);
        Accepted.Add(new AcceptedRow
        {
            Row = Position,
            Offset = offset,
            Length = length,
            EventTimeMicros = Plan.IsTimedByArrival ? null : row[Plan.EventTimeIndex].AsTimestamp.Micros,
            KnownAtMicros = knownAtMicros,
            Key = hasKey ? RowKey.Hash(Plan, row, hash) : 0,
            Content = hasKey ? (uint)content : 0,
            Entity = Plan.TakesCorrections ? RowKey.EntityHash(Plan, row, hash) : 0,
            Values = keepsValues ? (Value[])row.Clone() : null,
            IsEarlier = isEarlier,
        });
        isEarlier = false;
    }
}
