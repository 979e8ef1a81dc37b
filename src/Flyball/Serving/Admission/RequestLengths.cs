namespace Flyball.Serving.Admission;

/// <summary>
/// How many rows a request has, told by the length of its body: exponentially weighted means of the bytes of a row and of the rows of a request, one a way, since
/// a row of JSON is several times as long as one of raw tensors. Thread-safe; a lost update is a measurement less.
/// </summary>
internal sealed class RequestLengths
{
    private const double Weight = 0.1;

    private readonly double[] bytesOfRow = new double[(int)PredictionRoute.Test + 1];
    private readonly double[] rowsOfRequest = new double[(int)PredictionRoute.Test + 1];

    /// <summary>Expected rows of a request; 0 while none that came this way was seen.</summary>
    /// <param name="bytes">Null for a request of the usual size.</param>
    public double RowsOf(PredictionRoute route, long? bytes)
    {
        var at = At(route);
        var row = Volatile.Read(ref bytesOfRow[at]);
        return bytes is not { } length ? Volatile.Read(ref rowsOfRequest[at]) : row > 0 ? length / row : 0;
    }

    public void Note(PredictionRoute route, int rows, long bytes)
    {
        var at = At(route);
        Note(ref bytesOfRow[at], (double)bytes / rows);
        Note(ref rowsOfRequest[at], rows);
    }

    /// <summary>A trial of the server comes the usual way.</summary>
    private static int At(PredictionRoute route) => (int)(route == PredictionRoute.Test ? PredictionRoute.Predict : route);

    private static void Note(ref double mean, double value)
    {
        var seen = Volatile.Read(ref mean);
        Volatile.Write(ref mean, seen == 0 ? value : seen + (Weight * (value - seen)));
    }
}
