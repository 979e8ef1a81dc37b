using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>The entry of a map of parameters: its key and, as one of several types, its value.</summary>
/// <param name="Whole">The value when it is a whole number; null for any other.</param>
internal readonly record struct Parameter(string Key, long? Whole)
{
    public static Parameter Read(ReadOnlyMemory<byte> entry)
    {
        var key = "";
        long? whole = null;
        var reader = new WireReader(entry);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                key = reader.Text();
            }
            else if (reader.Field == 2)
            {
                whole = WholeOf(reader.Bytes()) ?? whole;
            }
            else
            {
                reader.Skip();
            }
        }

        return new Parameter(key, whole);
    }

    /// <summary>Microseconds; null unless it is the timeout.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3406: it is, and has no whole number.</exception>
    public long? Timeout => Key != "timeout" ? null : Whole ?? throw InferenceRefusals.Parameter("timeout", "'timeout' is no whole number.");

    /// <exception cref="Engine.Problems.FlyballException">FLY5071: it asks for what is not done here.</exception>
    public void CheckOfOutput()
    {
        if (Key == "shared_memory_region" || (Key == "classification" && Whole != 0))
        {
            throw InferenceRefusals.NotDone(Key);
        }
    }

    private static long? WholeOf(ReadOnlyMemory<byte> value)
    {
        long? whole = null;
        var reader = new WireReader(value);
        while (reader.Next())
        {
            if (reader.Field is 2 or 5)
            {
                whole = (long)reader.Whole();
            }
            else
            {
                reader.Skip();
            }
        }

        return whole;
    }
}
