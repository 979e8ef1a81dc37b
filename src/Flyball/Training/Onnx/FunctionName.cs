namespace Flyball.Training.Onnx;

/// <summary>What nodes call a local function of a model by.</summary>
internal readonly ref struct FunctionName
{
    public FunctionName(ReadOnlySpan<byte> function)
    {
        var (name, domain, overload) = ("", "", "");
        var reader = new ProtoReader(function);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Function.Name, WireKind.Bytes):
                    name = reader.Text();
                    break;
                case (OnnxFields.Function.Domain, WireKind.Bytes):
                    domain = reader.Text();
                    break;
                case (OnnxFields.Function.Overload, WireKind.Bytes):
                    overload = reader.Text();
                    break;
                default:
                    break;
            }
        }

        Key = KeyOf(domain, name, overload);
    }

    public string Key { get; }

    /// <summary>Empty and <c>ai.onnx</c> name the same domain. The separator occurs in no identifier.</summary>
    public static string KeyOf(string domain, string name, string overload) =>
        $"{(domain.Length == 0 ? "ai.onnx" : domain)}\n{name}\n{overload}";
}
