namespace Flyball.Storage.Journals;

[Flags]
internal enum FrameFlags
{
    None = 0,

    /// <summary>The body starts with an idempotency key.</summary>
    Key = 1,

    /// <summary>No body: everything before it is durable, and the segment was closed in order.</summary>
    Seal = 2,
}
