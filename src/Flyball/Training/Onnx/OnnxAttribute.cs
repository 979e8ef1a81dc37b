namespace Flyball.Training.Onnx;

/// <summary>A named constant of a node, of one of the kinds that tabular operators use.</summary>
public abstract record OnnxAttribute
{
    private OnnxAttribute(string name) => Name = name;

    public string Name { get; }

    public static OnnxAttribute Of(string name, long value) => new One(name, value);

    public static OnnxAttribute Of(string name, float value) => new Real(name, value);

    public static OnnxAttribute Of(string name, string value) => new Word(name, value);

    public static OnnxAttribute Of(string name, IReadOnlyList<long> values) => new Many(name, [.. values]);

    public static OnnxAttribute Of(string name, IReadOnlyList<float> values) => new Reals(name, [.. values]);

    public static OnnxAttribute Of(string name, IReadOnlyList<string> values) => new Words(name, [.. values]);

    internal ProtoMessage Write()
    {
        var message = new ProtoMessage().Text(OnnxFields.Attribute.Name, Name);
        WriteValue(message);
        return message;
    }

    /// <summary>The value and then its kind, as AttributeProto.AttributeType numbers it.</summary>
    private protected abstract void WriteValue(ProtoMessage message);

    private sealed record Real(string Label, float Value) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message) =>
            message.Single(OnnxFields.Attribute.Float, Value).Integer(OnnxFields.Attribute.Type, 1);
    }

    private sealed record One(string Label, long Value) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message) =>
            message.Integer(OnnxFields.Attribute.Int, Value).Integer(OnnxFields.Attribute.Type, 2);
    }

    private sealed record Word(string Label, string Value) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message) =>
            message.Text(OnnxFields.Attribute.String, Value).Integer(OnnxFields.Attribute.Type, 3);
    }

    private sealed record Reals(string Label, float[] Values) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message) =>
            message.Singles(OnnxFields.Attribute.Floats, Values).Integer(OnnxFields.Attribute.Type, 6);
    }

    private sealed record Many(string Label, long[] Values) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message) =>
            message.Integers(OnnxFields.Attribute.Ints, Values).Integer(OnnxFields.Attribute.Type, 7);
    }

    private sealed record Words(string Label, string[] Values) : OnnxAttribute(Label)
    {
        private protected override void WriteValue(ProtoMessage message)
        {
            foreach (var value in Values)
            {
                message.Text(OnnxFields.Attribute.Strings, value);
            }

            message.Integer(OnnxFields.Attribute.Type, 8);
        }
    }
}
