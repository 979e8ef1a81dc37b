namespace Flyball.Features.History;

/// <summary>Bytes of rows that may stay in memory, shared by the stores of one run. Thread-safe.</summary>
/// <param name="most">How many; the rest goes to files.</param>
internal sealed class HeldMemory(long most)
{
    private long held;

    /// <summary>The most that was held at one time.</summary>
    public long Held => Interlocked.Read(ref held);

    /// <summary>False when there is no room: nothing is held then.</summary>
    public bool TryHold(int bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref held, -bytes);
        return false;
    }

    public void Release(int bytes) => Interlocked.Add(ref held, -bytes);
}
