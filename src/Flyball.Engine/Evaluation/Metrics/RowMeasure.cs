namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>A metric of the rows at the given places. A place may stand there several times: a resample copies no row.</summary>
internal delegate MetricValue RowMeasure(ScoredRows rows, ReadOnlySpan<int> drawn);
