using Flyball.Engine.Windows;
using Flyball.Training;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Serving.Degradation;

/// <summary>One request on its way through the rungs.</summary>
/// <param name="Row">A row that passed its contract, in the order of the schema.</param>
/// <param name="Serve">What the model's file says about serving.</param>
internal readonly record struct LadderRequest(Value[] Row, EventTime Instant, Horizon Horizon, Deadline Deadline, ServeDefinition Serve);

/// <summary>What a rung answered.</summary>
/// <param name="Vector">Empty when a rule answered.</param>
/// <param name="Statuses">Why each member of the vector has its value; empty when it was not read live.</param>
internal readonly record struct LadderAnswer(ServedVersion Version, Rung Rung, FeatureOrigin Origin, Value[] Vector, FeatureStatus[] Statuses, Score Score);
