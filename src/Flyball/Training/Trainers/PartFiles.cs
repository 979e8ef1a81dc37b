using Flyball.Native.DuckDb;
using Flyball.Training.Datasets;

namespace Flyball.Training.Trainers;

/// <summary>The parts of a training set as Parquet or CSV files: a float column an input, missing as null, and <c>label</c>.</summary>
internal static class PartFiles
{
    public static void Write(string folder, TrainerInput input)
    {
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        Write(connection, folder, input, input.Train, hasLabels: true);
        Write(connection, folder, input, input.Validation, hasLabels: true);
        Write(connection, folder, input, input.Test, hasLabels: false);
    }

    private static void Write(DuckDbConnection connection, string folder, TrainerInput input, TrainingPart part, bool hasLabels)
    {
        var (width, hasWeights) = (input.Names.Count, hasLabels && part.Weights is not null);
        var columns = input.Names.Select(n => $"\"{n.Replace("\"", "\"\"", StringComparison.Ordinal)}\" FLOAT").ToList();
        columns.AddRange(hasLabels ? ["label DOUBLE"] : []);
        columns.AddRange(hasWeights ? ["weight DOUBLE"] : []);
        connection.Execute($"CREATE OR REPLACE TABLE part ({string.Join(", ", columns)})");
        using (var rows = connection.Appender("part"))
        {
            for (var r = 0; r < part.Rows; r++)
            {
                foreach (var value in part.Features.AsSpan(r * width, width))
                {
                    if (float.IsNaN(value))
                    {
                        rows.AppendNull();
                    }
                    else
                    {
                        rows.Append(value);
                    }
                }

                if (hasLabels)
                {
                    rows.Append((double)part.Labels[r]);
                }

                if (hasWeights)
                {
                    rows.Append((double)part.Weights![r]);
                }

                rows.EndRow();
            }

            rows.Close();
        }

        var format = input.Definition.Command!.Format;
        var path = Path.Combine(folder, $"{part.Name}.{format}");
        connection.Execute($"COPY part TO '{path.Replace("'", "''", StringComparison.Ordinal)}' ({(format == "csv" ? "FORMAT csv, HEADER true" : "FORMAT parquet, COMPRESSION zstd")})");
    }
}
