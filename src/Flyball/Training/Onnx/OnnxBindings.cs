using System.Collections.Concurrent;
using Flyball.Native.OnnxRuntime;

namespace Flyball.Training.Onnx;

/// <summary>
/// The buffers that rows of one model are scored in.
/// <list type="number">
/// <item>Whoever scores takes one that nobody has, and gives it back; a new one is made when there is none. There are as many as were ever needed at once,
/// whatever threads come and go.</item>
/// <item>Disposal releases those that lie here. One that is in use is released by whoever gives it back: the runtime never reads memory that was released.</item>
/// </list>
/// Thread-safe. Cost: some dozen nanoseconds; nothing is allocated after the first ones.
/// </summary>
internal sealed class OnnxBindings(OnnxSession session, int rows) : IDisposable
{
    private readonly ConcurrentQueue<OnnxBinding> free = [];
    private int made;
    private volatile bool disposed;

    /// <summary>How many were made.</summary>
    public int Made => Volatile.Read(ref made);

    /// <exception cref="ObjectDisposedException">The model was let go.</exception>
    public OnnxBinding Take()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (free.TryDequeue(out var binding))
        {
            return binding;
        }

        Interlocked.Increment(ref made);
        return session.Bind(rows);
    }

    public void GiveBack(OnnxBinding binding)
    {
        free.Enqueue(binding);
        if (disposed)
        {
            Release();
        }
    }

    public void Dispose()
    {
        disposed = true;
        Release();
    }

    private void Release()
    {
        while (free.TryDequeue(out var binding))
        {
            binding.Dispose();
        }
    }
}
