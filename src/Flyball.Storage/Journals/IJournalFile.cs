namespace Flyball.Storage.Journals;

/// <summary>A file being written.</summary>
internal interface IJournalFile : IDisposable
{
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Throws when what was written may not be durable; it is not called again after that.</summary>
    void DataSync();

    /// <summary>Cuts the file and makes the cut durable.</summary>
    void Truncate(long length);
}
