namespace Flyball.Serving.Batches;

/// <summary>Fills batches with the rows of a file and the values that were found for them. Not thread-safe.</summary>
/// <param name="reader">Stands behind the last part that counts.</param>
/// <param name="found">Stands there too; null where rows find nothing of their own.</param>
internal sealed class BatchSource(BatchReader reader, FoundValues? found)
{
    /// <summary>Fills a batch; false when the file ended before it was full.</summary>
    /// <param name="batch">Cleared.</param>
    /// <param name="most">How many rows are read.</param>
    public bool Fill(ScoreBatch batch, int most)
    {
        var full = true;
        while (batch.Read < most && (full = reader.TryRead(batch.Request(batch.Count))))
        {
            batch.Read++;
            if (reader.IsBad)
            {
                batch.Rejected.Add(reader.Rejected());
            }
            else
            {
                Take(batch);
            }
        }

        batch.Share = reader.Share;
        return full;
    }

    private void Take(ScoreBatch batch)
    {
        var at = batch.Count++;
        (batch.Places[at], batch.Lines[at]) = (reader.Place, reader.Line);
        found?.Next(reader.Place, batch.Found(at));
        var reading = reader.Reading;
        batch.Ignored += reading.Ignored;
        if (reading.Defaulted.Count == 0)
        {
            return;
        }

        batch.Defaulted[at] = string.Join(',', reading.Defaulted);
        foreach (var name in reading.Defaulted)
        {
            batch.DefaultedFields[name] = batch.DefaultedFields.GetValueOrDefault(name) + 1;
        }
    }
}
