using System.Globalization;

namespace Flyball.Training.Onnx;

/// <summary>
/// Cuts an inspected model to its scores.
/// <list type="number">
/// <item>Exporters of classifiers answer a label and probabilities, often as a list of maps (ZipMap). The one output of floats is looked for; a
/// map gives way to the tensor it was made of.</item>
/// <item>Of a task with one score the column of the second class is taken, whose classes must stand in rising order.</item>
/// <item>Everything else is copied field by field: the numbers are those of the file.</item>
/// </list>
/// </summary>
internal static class OnnxScores
{
    private const string Map = "ZipMap";
    private const string Score = "flyball_score";
    private const string Second = "flyball_second";
    private const int OldestGather = 13;

    /// <param name="model">Accepted by <see cref="OnnxInspector"/>.</param>
    /// <param name="outputs">Scores a row that are needed.</param>
    /// <param name="classes">Names of the classes in their order; empty unless there are several scores.</param>
    /// <param name="reason">Why there is no such output; null when there is.</param>
    /// <returns>The model with one output; the same bytes when it has one already; null with a reason.</returns>
    public static byte[]? Cut(byte[] model, int outputs, IReadOnlyList<string> classes, out string? reason)
    {
        var (nodes, values, domains) = Read(model);
        var maps = nodes.Where(n => n is { Operation: Map, Inputs: [_], Outputs: [_] }).ToDictionary(n => n.Outputs[0], StringComparer.Ordinal);
        List<OnnxValue> floats = [.. values.Select(v => maps.TryGetValue(v.Name, out var map) ? new OnnxValue(map.Inputs[0], OnnxModelBuilder.FloatType, null) : v).Where(v => v.Element == OnnxModelBuilder.FloatType)];
        if (floats is not [var score])
        {
            reason = $"Its outputs are {string.Join(", ", values.Take(5).Select(v => Shown(v.Name)))}, of which {floats.Count.ToString(CultureInfo.InvariantCulture)} hold float32 scores.";
            return null;
        }

        var isLone = values.Count == 1 && maps.Count == 0;
        var takesSecond = outputs == 1 && (score.Width == 2 || (score.Width is null && !isLone));
        reason = !takesSecond && score.Width is { } width && width != outputs ? string.Create(CultureInfo.InvariantCulture, $"It gives {width} scores a row, and {outputs} are needed.") : null;
        reason ??= JudgeClasses(nodes.Where(n => n.Classes.Count > 0 && (n.Outputs.Contains(score.Name) || n.Operation == Map)), takesSecond ? 2 : outputs, takesSecond ? [] : classes);
        return reason is not null ? null
            : isLone && !takesSecond ? model
            : Write(model, maps.Keys, score.Name, takesSecond ? null : outputs, domains);
    }

    /// <summary>Classes in another order would turn the meaning of the scores around.</summary>
    private static string? JudgeClasses(IEnumerable<OnnxLabelledNode> named, int count, IReadOnlyList<string> classes)
    {
        foreach (var node in named)
        {
            var numbers = node.Classes.Select(c => long.TryParse(c, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null).ToList();
            var isOrdered = numbers.TrueForAll(n => n is not null)
                ? numbers.Zip(numbers.Skip(1)).All(p => p.First < p.Second)
                : classes.Count > 0 ? node.Classes.SequenceEqual(classes, StringComparer.Ordinal) : node.Classes.SequenceEqual(node.Classes.Order(StringComparer.Ordinal), StringComparer.Ordinal);
            if (count > 1 && (node.Classes.Count != count || !isOrdered))
            {
                return $"Its classes are {string.Join(", ", node.Classes.Take(10).Select(Shown))}; {(classes.Count > 0 ? string.Join(", ", classes) : "two in rising order")} are needed.";
            }
        }

        return null;
    }

    private static (List<OnnxLabelledNode> Nodes, List<OnnxValue> Outputs, HashSet<string> Domains) Read(byte[] model)
    {
        List<OnnxLabelledNode> nodes = [];
        List<OnnxValue> outputs = [];
        HashSet<string> domains = new(StringComparer.Ordinal);
        var reader = new ProtoReader(model);
        while (reader.Next())
        {
            if (reader.Field == OnnxFields.Model.OpsetImport)
            {
                domains.Add(DomainOf(reader.Content));
            }
            else if (reader.Field == OnnxFields.Model.Graph)
            {
                var graph = new ProtoReader(reader.Content);
                while (graph.Next())
                {
                    if (graph.Field == OnnxFields.Graph.Node)
                    {
                        nodes.Add(OnnxLabelledNode.Read(graph.Content));
                    }
                    else if (graph.Field == OnnxFields.Graph.Output)
                    {
                        outputs.Add(OnnxValue.Read(graph.Content));
                    }
                }
            }
        }

        return (nodes, outputs, domains);
    }

    private static string DomainOf(ReadOnlySpan<byte> opset)
    {
        var reader = new ProtoReader(opset);
        while (reader.Next())
        {
            if (reader is { Field: OnnxFields.Opset.Domain, Wire: WireKind.Bytes })
            {
                return reader.Text() is "ai.onnx" ? "" : reader.Text();
            }
        }

        return "";
    }

    /// <param name="width">Scores a row; null takes the second column.</param>
    private static byte[] Write(byte[] model, ICollection<string> maps, string score, int? width, HashSet<string> domains)
    {
        using var written = new ProtoMessage();
        var reader = new ProtoReader(model);
        while (reader.Next())
        {
            if (reader.Field != OnnxFields.Model.Graph)
            {
                written.Copy(reader);
                continue;
            }

            using var graph = new ProtoMessage();
            CopyGraph(reader.Content, graph, maps);
            AddOutput(graph, score, width);
            written.Message(OnnxFields.Model.Graph, graph);
        }

        if (width is null && !domains.Contains(""))
        {
            using var opset = new ProtoMessage().Text(OnnxFields.Opset.Domain, "").Integer(OnnxFields.Opset.Version, OldestGather);
            written.Message(OnnxFields.Model.OpsetImport, opset);
        }

        return written.ToArray();
    }

    private static void CopyGraph(ReadOnlySpan<byte> content, ProtoMessage graph, ICollection<string> maps)
    {
        var reader = new ProtoReader(content);
        while (reader.Next())
        {
            if (reader.Field != OnnxFields.Graph.Output && !(reader.Field == OnnxFields.Graph.Node && OnnxLabelledNode.Read(reader.Content) is { Operation: Map, Outputs: [var made] } && maps.Contains(made)))
            {
                graph.Copy(reader);
            }
        }
    }

    private static void AddOutput(ProtoMessage graph, string score, int? width)
    {
        if (width is null)
        {
            using var second = new ProtoMessage().Integer(OnnxFields.Tensor.Dims, 1).Integer(OnnxFields.Tensor.DataType, OnnxModelBuilder.Int64Type).Integers(OnnxFields.Tensor.Int64Data, [1]).Text(OnnxFields.Tensor.Name, Second);
            graph.Message(OnnxFields.Graph.Initializer, second);
            using var axis = OnnxAttribute.Of("axis", 1).Write();
            using var gather = new ProtoMessage().Text(OnnxFields.Node.Input, score).Text(OnnxFields.Node.Input, Second).Text(OnnxFields.Node.Output, Score)
                .Text(OnnxFields.Node.Name, Score).Text(OnnxFields.Node.OpType, "Gather").Message(OnnxFields.Node.Attribute, axis);
            graph.Message(OnnxFields.Graph.Node, gather);
        }

        using var output = OnnxModelBuilder.Value(width is null ? Score : score, OnnxModelBuilder.FloatType, [-1, width ?? 1]);
        graph.Message(OnnxFields.Graph.Output, output);
    }

    private static string Shown(string name) => new([.. name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
