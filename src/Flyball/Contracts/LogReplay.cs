using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>
/// Applies the stored log with more than one thread, and in its order.
/// 1. The calling thread collects records, which the journal checks as it reads, in blocks. 2. Readers turn the rows of a block into values and
/// hashes, which depends on nothing but the row. 3. The calling thread applies the blocks in the order of the log, so whoever listens sees
/// what one thread would have shown.
/// </summary>
internal sealed class LogReplay(SourceStates sources)
{
    /// <summary>Records of a block. A log that is shorter is read by the calling thread.</summary>
    private const int BlockRecords = 2_048;

    private const int MostReaders = 4;

    private readonly BlockingCollection<Block> unread = [];
    private readonly Queue<Block> order = new();
    private readonly Stack<Block> free = new();
    private readonly List<Thread> readers = [];

    /// <summary>Returns when all records are applied. Throws what a subscriber or the journal throws.</summary>
    public void Run(IEnumerable<JournalRecord> records)
    {
        var most = Math.Clamp(Environment.ProcessorCount, 1, MostReaders);
        try
        {
            var block = new Block();
            foreach (var record in records)
            {
                block.Records.Add(record);
                if (block.Records.Count == BlockRecords)
                {
                    Send(block, most);
                    block = order.Count < most * 2 ? Fresh() : Settle();
                }
            }

            while (order.Count > 0)
            {
                free.Push(Settle());
            }

            block.Read(sources);
            Apply(block);
        }
        finally
        {
            unread.CompleteAdding();
            readers.ForEach(r => r.Join());
            unread.Dispose();
        }
    }

    private Block Fresh() => free.TryPop(out var block) ? block : new Block();

    private void Send(Block block, int most)
    {
        if (readers.Count < most)
        {
            var reader = new Thread(Read) { IsBackground = true, Name = "flyball replay" };
            reader.Start();
            readers.Add(reader);
        }

        order.Enqueue(block);
        unread.Add(block);
    }

    private void Read()
    {
        foreach (var block in unread.GetConsumingEnumerable())
        {
            block.Read(sources);
            block.Ready.Set();
        }
    }

    /// <summary>Applies the oldest block and gives it back empty.</summary>
    private Block Settle()
    {
        var block = order.Dequeue();
        block.Ready.Wait();
        block.Ready.Reset();
        Apply(block);
        return block;
    }

    private void Apply(Block block)
    {
        block.Failure?.Throw();
        for (var i = 0; i < block.Records.Count; i++)
        {
            if (block.Sources[i] is { } source)
            {
                sources.Apply(source, block.Records[i], block.Rows[i]);
            }
            else
            {
                sources.ApplyOther(block.Records[i]);
            }
        }

        block.Records.Clear();
    }

    /// <summary>Records on their way from the journal to the sources; used by one thread at a time.</summary>
    private sealed class Block
    {
        private readonly Dictionary<SourceState, StoredRowReader> readers = [];

        public List<JournalRecord> Records { get; } = new(BlockRecords);

        /// <summary>The source of each record that is a row; null for another record.</summary>
        public SourceState?[] Sources { get; } = new SourceState?[BlockRecords];

        public StoredRow[] Rows { get; } = new StoredRow[BlockRecords];

        public ManualResetEventSlim Ready { get; } = new();

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Read(SourceStates sources)
        {
            try
            {
                for (var i = 0; i < Records.Count; i++)
                {
                    Sources[i] = sources.OfEvents(Records[i].Stream);
                    Rows[i] = Sources[i] is { } source && Records[i].Seq > source.Restored ? source.Read(ReaderOf(source), Records[i]) : default;
                }
            }
            catch (Exception e)
            {
                // Thrown again where the block is applied: a thread of its own has nobody to tell.
                Failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        private StoredRowReader ReaderOf(SourceState source)
        {
            if (!readers.TryGetValue(source, out var reader))
            {
                readers.Add(source, reader = source.NewReader());
            }

            return reader;
        }
    }
}
