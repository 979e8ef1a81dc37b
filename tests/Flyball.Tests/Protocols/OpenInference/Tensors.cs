using System.Buffers.Binary;
using System.Text;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>Requests of two good payments of 100 and 2000, and what tests make of them.</summary>
internal static class Tensors
{
    public const string Id = """{"name":"transaction_id","shape":[2],"datatype":"INT64","data":[1,2]}""";
    public const string Time = """{"name":"event_time","shape":[2],"datatype":"BYTES","data":["2026-01-31T13:45:00Z","2026-01-31T14:45:00+01:00"]}""";
    public const string Customer = """{"name":"customer_id","shape":[2],"datatype":"INT64","data":[7,8]}""";
    public const string Terminal = """{"name":"terminal_id","shape":[2],"datatype":"INT64","data":[1,1]}""";
    public const string Amount = """{"name":"amount","shape":[2],"datatype":"FP64","data":[100,2000.0]}""";

    public static string Request(string members = "", string amount = Amount, params string[] more) =>
        $$"""{"inputs":[{{string.Join(',', [Id, Time, Customer, Terminal, amount, .. more])}}]{{(members.Length == 0 ? "" : "," + members)}}}""";

    /// <summary>The same with amounts that follow the JSON.</summary>
    public static string RawAmount(int size, string datatype = "FP64", string shape = "[2]") => Request(amount: $$$"""{"name":"amount","shape":{{{shape}}},"datatype":"{{{datatype}}}","parameters":{"binary_data_size":{{{size}}}}}""");

    public static byte[] Doubles(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Texts(params string[] values) => [.. values.SelectMany(v => (byte[])[.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(v)), .. Encoding.UTF8.GetBytes(v)])];

    /// <summary>Many payments of 100.</summary>
    public static string Many(int rows)
    {
        string List(Func<int, string> of) => "[" + string.Join(',', Enumerable.Range(1, rows).Select(of)) + "]";
        return $$"""{"inputs":[{"name":"transaction_id","shape":[{{rows}},1],"datatype":"INT64","data":{{List(i => $"{i}")}}},{"name":"event_time","shape":[{{rows}}],"datatype":"BYTES","data":{{List(_ => "\"2026-01-31T13:45:00Z\"")}}},{"name":"customer_id","shape":[{{rows}}],"datatype":"INT64","data":{{List(_ => "7")}}},{"name":"terminal_id","shape":[{{rows}}],"datatype":"INT64","data":{{List(_ => "1")}}},{"name":"amount","shape":[{{rows}}],"datatype":"FP64","data":{{List(_ => "100")}}}]}""";
    }

    public static string[] ReadTexts(ReadOnlySpan<byte> raw)
    {
        var texts = new List<string>();
        while (!raw.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(raw);
            texts.Add(Encoding.UTF8.GetString(raw.Slice(4, length)));
            raw = raw[(4 + length)..];
        }

        return [.. texts];
    }
}
