using System.Collections.Frozen;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Snapshots;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>What the records of the log, taken one after the other in its order, make of every source. Records are applied by one thread at a time.</summary>
internal sealed class SourceStates
{
    private readonly FrozenDictionary<string, SourceState> sources;
    private readonly FrozenDictionary<string, SourceState> byEventStream;
    private readonly FrozenDictionary<string, SourceState> byOtherStream;
    private readonly QualityLog quality;

    public SourceStates(ContractSet contracts, SipHash hash, QualityLog quality)
    {
        this.quality = quality;
        All = [.. contracts.Plans.Select(p => new SourceState(p, hash, new KeyColumns(p, ForeignKeyRule.ReferencedSets(contracts, p)), quality))];
        sources = All.ToFrozenDictionary(s => s.Plan.Source, StringComparer.Ordinal);
        foreach (var state in All)
        {
            state.ForeignKeys = [.. state.Plan.Relationships.Select(r => sources.TryGetValue(r.TargetSource, out var target) ? ForeignKeyRule.Of(state.Plan, r, target) : null).OfType<ForeignKeyRule>()];
        }

        Ledger = new LedgerSnapshot(contracts, All);
        byEventStream = All.SelectMany(s => new[] { s.EventStream, s.RetractionStream }.Select(stream => (stream, s))).ToFrozenDictionary(p => p.stream, p => p.s, StringComparer.Ordinal);
        byOtherStream = All.SelectMany(s => new[] { s.QuarantineStream, s.HoldStream, s.HeldStream, s.DecisionStream }.Select(stream => (stream, s)))
            .ToFrozenDictionary(p => p.stream, p => p.s, StringComparer.Ordinal);
    }

    public IReadOnlyList<SourceState> All { get; }

    /// <summary>Rows applied.</summary>
    public long Rows { get; private set; }

    /// <summary>Where in the log stands what is no row of a source, and how many rows no present contract can read.</summary>
    public LedgerSnapshot Ledger { get; }

    public SourceState? Find(string source) => sources.GetValueOrDefault(source);

    /// <summary>The source whose accepted rows a stream holds, or those that were taken back; null for every other stream.</summary>
    public SourceState? OfEvents(string stream) => byEventStream.GetValueOrDefault(stream);

    public void Apply(in JournalRecord record)
    {
        if (OfEvents(record.Stream) is { } source)
        {
            Apply(source, record, source.Read(record));
        }
        else
        {
            ApplyOther(record);
        }
    }

    /// <summary>Applies a row that was read already.</summary>
    public void Apply(SourceState source, in JournalRecord record, in StoredRow stored)
    {
        if (record.Seq <= source.Restored)
        {
            return;
        }

        if (source.TryApply(record, stored))
        {
            Rows++;
        }
        else
        {
            Ledger.AddUnread(record.Seq);
        }
    }

    /// <summary>Applies a record that is no row of a source.</summary>
    public void ApplyOther(in JournalRecord record)
    {
        if (record.Seq <= Ledger.Restored)
        {
            return;
        }

        if (record.Stream.StartsWith("events/", StringComparison.Ordinal))
        {
            Ledger.AddUnread(record.Seq);
        }
        else if (Note(record))
        {
            Ledger.Add(record.Seq);
        }
    }

    /// <summary>Notes a record that is no row of a source; true when it is to be noted again by a start that does not read the log there.</summary>
    public bool Note(in JournalRecord record)
    {
        if (byOtherStream.TryGetValue(record.Stream, out var source))
        {
            // Rows that were put aside are kept by their positions.
            return !source.Note(record);
        }

        if (record.Stream.StartsWith(QualityLog.FindingsOf, StringComparison.Ordinal))
        {
            Find(record.Stream[QualityLog.FindingsOf.Length..])?.NoteFindings(record);
        }

        return quality.Apply(record);
    }
}
