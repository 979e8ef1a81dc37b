using System.Globalization;

namespace Flyball.Training.Onnx;

/// <summary>A node with the classes it names, as far as the search for scores needs it.</summary>
/// <param name="Operation">Its operator.</param>
/// <param name="Inputs">Values it reads.</param>
/// <param name="Outputs">Values it makes.</param>
/// <param name="Classes">Names or numbers of classes in their order; empty when it names none.</param>
internal sealed record OnnxLabelledNode(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<string> Classes)
{
    public static OnnxLabelledNode Read(ReadOnlySpan<byte> node)
    {
        var operation = "";
        List<string> inputs = [], outputs = [], classes = [];
        var reader = new ProtoReader(node);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Node.OpType, WireKind.Bytes):
                    operation = reader.Text();
                    break;
                case (OnnxFields.Node.Input, WireKind.Bytes):
                    inputs.Add(reader.Text());
                    break;
                case (OnnxFields.Node.Output, WireKind.Bytes):
                    outputs.Add(reader.Text());
                    break;
                case (OnnxFields.Node.Attribute, WireKind.Bytes):
                    classes.AddRange(ReadClasses(reader.Content));
                    break;
            }
        }

        return new OnnxLabelledNode(operation, inputs, outputs, classes);
    }

    /// <summary>The lists of <c>classlabels_int64s</c>, <c>classlabels_ints</c> and <c>classlabels_strings</c>.</summary>
    private static List<string> ReadClasses(ReadOnlySpan<byte> attribute)
    {
        var isClasses = false;
        List<string> classes = [];
        var reader = new ProtoReader(attribute);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Attribute.Name, WireKind.Bytes):
                    isClasses = reader.Content.StartsWith("classlabels_"u8);
                    break;
                case (OnnxFields.Attribute.Strings, WireKind.Bytes):
                    classes.Add(reader.Text());
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Varint):
                    classes.Add(Text(reader.Number));
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Bytes):
                    classes.AddRange(Unpacked(reader.Content));
                    break;
            }
        }

        return isClasses ? classes : [];
    }

    private static List<string> Unpacked(ReadOnlySpan<byte> packed)
    {
        List<string> read = [];
        ulong number = 0;
        var shift = 0;
        foreach (var one in packed)
        {
            number |= shift < 64 ? (ulong)(one & 0x7F) << shift : 0;
            shift += 7;
            if (one < 0x80)
            {
                read.Add(Text(number));
                (number, shift) = (0, 0);
            }
        }

        return read;
    }

    private static string Text(ulong number) => ((long)number).ToString(CultureInfo.InvariantCulture);
}
