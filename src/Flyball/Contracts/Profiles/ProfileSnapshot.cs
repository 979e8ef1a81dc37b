using Flyball.Contracts.Snapshots;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Profiles;

/// <summary>
/// Profiles have files of their own, so the snapshot keeps which days there were and what each file covered: with all of them there, and none
/// older, the rows before the snapshot are not needed.
/// </summary>
internal sealed class ProfileSnapshot(SourceDays days, string source, Digest contract) : ISnapshotPart
{
    public string Name { get; } = "profiles/" + source;

    public Digest Identity { get; } = Digest.Of($"profiles 1 {contract.Hex}");

    public void Write(SnapshotBuilder into)
    {
        // What no file ever covers is never found: the next start reads the log.
        foreach (var (day, covers) in days.SaveAll() ?? [(SourceDays.OtherDays, long.MaxValue)])
        {
            NumberForm.Write(into.Writer, day);
            NumberForm.Write(into.Writer, covers);
            into.EndPiece();
        }
    }

    public bool TryRead(SnapshotSection section, Horizon complete)
    {
        byte[] buffer = [];
        for (var index = 0; index < section.Count; index++)
        {
            if (!section.TryRead(index, ref buffer, out var block))
            {
                return false;
            }

            while (block.Length > 0)
            {
                if (!days.Covers(NumberForm.Read(ref block), NumberForm.Read(ref block)))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
