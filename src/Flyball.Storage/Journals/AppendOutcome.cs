namespace Flyball.Storage.Journals;

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>The batch is durable.</summary>
    Appended,

    /// <summary>The key was used before for the same request: nothing was written, and the first answer is durable.</summary>
    Replayed,

    /// <summary>The key was used before for another request: nothing was written.</summary>
    KeyReused,

    /// <summary>The first request with this key is not durable yet: nothing was written, ask again.</summary>
    InFlight,
}
