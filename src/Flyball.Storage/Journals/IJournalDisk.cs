namespace Flyball.Storage.Journals;

/// <summary>What the journal asks of a disk when it writes. A port so that tests can fail any call and cut the power at any point.</summary>
internal interface IJournalDisk
{
    /// <summary>Makes a file with this content appear, whole and durable.</summary>
    void Create(string path, ReadOnlySpan<byte> content);

    IJournalFile Open(string path);
}
