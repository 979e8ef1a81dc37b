namespace Flyball.Server.Protocols.Invocations;

/// <summary>Rows to score, each as the JSON object of a plain request.</summary>
/// <param name="Shape">Which form they came in: problems name it.</param>
/// <param name="Rows">1 to <see cref="InvocationRefusals.MostRows"/>.</param>
/// <param name="WithDetails">Whether the whole answers are wanted too.</param>
/// <param name="Ignored">Parameters that mean nothing here.</param>
internal sealed record InvocationRequest(string Shape, IReadOnlyList<ReadOnlyMemory<byte>> Rows, bool WithDetails, IReadOnlyList<string> Ignored);
