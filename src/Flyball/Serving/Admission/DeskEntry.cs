using Flyball.Engine.Problems;

namespace Flyball.Serving.Admission;

/// <summary>
/// What came of asking to be let in: a request may be read and predicted, or the problem says why not. Whoever was let in disposes it, once its rows turn out to be
/// no good too; predicting gives the place back, and disposing again does nothing.
/// </summary>
public readonly record struct DeskEntry : IDisposable
{
    private readonly Place? place;

    internal DeskEntry(ModelDoor door, bool hasPlace) => (Begun, Door, place) = (door.Now, door, hasPlace ? new Place(door.Queue) : null);

    internal DeskEntry(Problem problem) => Problem = problem;

    /// <summary>FLY5004: there is too much work. FLY5003: time ran out while it waited. Null when it was let in.</summary>
    public Problem? Problem { get; }

    /// <summary>When it was let in, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    internal long Begun { get; }

    /// <summary>How long it waited, on that clock.</summary>
    internal long Queued { get; init; }

    /// <summary>Where it was let in; null when it was not.</summary>
    internal ModelDoor? Door { get; }

    /// <summary>Gives the place back, if it has one.</summary>
    public void Dispose() => place?.GiveBack();

    private sealed class Place(AdmissionQueue queue)
    {
        private int isBack;

        public void GiveBack()
        {
            if (Interlocked.Exchange(ref isBack, 1) == 0)
            {
                queue.Leave();
            }
        }
    }
}
