using System.Diagnostics;
using System.Runtime.InteropServices;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Onnx;

/// <summary>Model files that want to harm: each is refused unloaded, with its own reason, before it costs anything.</summary>
public sealed class BadModelFileTests
{
    /// <summary>Far above what any of them takes on a machine with forty programs on its two processors; a hang is longer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static readonly float[] WithNaN = [1, float.NaN];

    [Fact]
    public void A_node_that_waits_for_itself_is_refused() => Refused("FLY3900", Model(Wired("Add", "y", "x", "y")));

    [Fact]
    public void Nodes_that_wait_for_each_other_are_refused() =>
        Refused("FLY3900", Model(Wired("Exp", "b", "a"), Wired("Exp", "c", "b"), Wired("Exp", "a", "c")));

    [Fact]
    public void A_cycle_through_the_graph_inside_a_node_is_refused()
    {
        var branch = new Proto().Text(1, "then_branch").Bytes(6, Proto.Graph(Wired("Exp", "inner", "late"))).Int(20, 5);
        Refused("FLY3900", Model(new Proto().Text(1, "c").Text(2, "early").Text(4, "If").Bytes(5, branch), Wired("Exp", "late", "early")));
    }

    [Fact]
    public void A_cycle_in_a_function_is_refused() => Refused("FLY3900", Proto.Model(Proto.Graph(Proto.Node("f", "local")), Proto.Function("f", Wired("Exp", "a", "b"), Wired("Exp", "b", "a"))));

    [Fact]
    public void Nodes_in_any_order_without_a_cycle_are_accepted() =>
        Assert.Empty(OnnxInspector.Inspect(Model(Wired("Add", "z", "x", "y"), Wired("Exp", "y", "x"), Wired("Add", "w", "y", "y"))).Problems);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_weight_that_is_NaN_is_refused(bool raw)
    {
        var bytes = MemoryMarshal.AsBytes<float>(WithNaN).ToArray();
        var tensor = new Proto().Int(1, 2).Int(2, 1).Text(8, "weights").Bytes(raw ? 9 : 4, bytes);
        Refused("FLY3901", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, tensor)));
    }

    [Fact]
    public void A_double_weight_that_is_NaN_is_refused_also_when_its_type_stands_behind_it()
    {
        double[] values = [double.NaN];
        var tensor = new Proto().Bytes(9, MemoryMarshal.AsBytes<double>(values).ToArray()).Int(1, 1).Int(2, 11);
        Refused("FLY3901", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, tensor)));
    }

    [Theory]
    [InlineData("nodes_values")]
    [InlineData("target_weights")]
    [InlineData("coefficients")]
    public void An_attribute_with_NaN_is_refused(string name)
    {
        var attribute = new Proto().Text(1, name).Bytes(7, MemoryMarshal.AsBytes<float>(WithNaN).ToArray()).Int(20, 6);
        Refused("FLY3901", Model(Proto.Node("TreeEnsembleRegressor", "ai.onnx.ml", attribute)));
    }

    [Fact]
    public void A_tree_whose_thresholds_are_a_tensor_with_NaN_is_refused()
    {
        var tensor = new Proto().Int(1, 2).Int(2, 1).Bytes(9, MemoryMarshal.AsBytes<float>(WithNaN).ToArray());
        Refused("FLY3901", Model(Proto.Node("TreeEnsemble", "ai.onnx.ml", new Proto().Text(1, "nodes_splits").Bytes(5, tensor).Int(20, 4))));
    }

    [Fact]
    public void NaN_as_the_mark_of_what_is_missing_is_no_fault()
    {
        var mark = new Proto().Text(1, "replaced_value_float").Raw(0x15).Raw(BitConverter.GetBytes(float.NaN)).Int(20, 1);
        Assert.Empty(OnnxInspector.Inspect(Model(Proto.Node("Imputer", "ai.onnx.ml", mark))).Problems);
        Refused("FLY3901", Model(Proto.Node("Scaler", "ai.onnx.ml", mark)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void A_negative_size_of_an_input_an_output_or_a_value_is_refused(int field)
    {
        Refused("FLY3902", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(field, Declared(-7))));
        Assert.Empty(OnnxInspector.Inspect(Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(field, Declared(-1)))).Problems);
        Assert.Empty(OnnxInspector.Inspect(Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(field, Declared(7)))).Problems);
    }

    [Fact]
    public void A_negative_size_of_a_weight_is_refused() =>
        Refused("FLY1137", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, new Proto().Int(1, -4).Int(1, -4).Int(2, 1).Bytes(9, new byte[64]))));

    [Fact]
    public void A_million_nodes_are_refused_without_being_kept()
    {
        byte[] node = Proto.Node("Exp");
        var graph = new byte[(node.Length + 2) * 1_000_000];
        for (var at = 0; at < graph.Length; at += node.Length + 2)
        {
            (graph[at], graph[at + 1]) = (0x0A, (byte)node.Length);
            node.CopyTo(graph, at + 2);
        }

        byte[] model = new Proto().Int(1, 8).Bytes(7, graph);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused("FLY1135", model);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32L << 20);
    }

    [Fact]
    public void A_node_of_a_million_inputs_is_refused()
    {
        var node = new byte[3_000_100];
        for (var at = 0; at + 3 <= node.Length; at += 3)
        {
            (node[at], node[at + 1], node[at + 2]) = (0x0A, 1, (byte)'x');
        }

        Refused("FLY1135", Model(node[..3_000_099]));
    }

    [Theory]
    [InlineData("location", "../../etc/passwd")]
    [InlineData("location", "/dev/shm/x")]
    [InlineData("location", "*/_ORT_MEM_ADDR_/*")]
    [InlineData("offset", "0")]
    public void Weights_that_lie_elsewhere_are_refused(string key, string value) =>
        Refused("FLY1132", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, new Proto().Int(1, 1).Int(2, 1).Text(8, "w").Bytes(13, new Proto().Text(1, key).Text(2, value)))));

    [Theory]
    [InlineData("Loop", "", "FLY1133")]
    [InlineData("Scan", "", "FLY1133")]
    [InlineData("ConstantOfShape", "", "FLY1133")]
    [InlineData("RandomNormal", "", "FLY1133")]
    [InlineData("Einsum", "", "FLY1133")]
    [InlineData("CDist", "com.microsoft", "FLY1134")]
    [InlineData("Sigmoid", "ai.onnx.training", "FLY1134")]
    public void Operators_outside_the_list_are_refused_alone_and_inside_a_branch(string operation, string domain, string code)
    {
        Refused(code, Model(Proto.Node(operation, domain)));
        Refused(code, Model(Proto.Node("If", "", new Proto().Text(1, "else_branch").Bytes(6, Proto.Graph(Proto.Node(operation, domain))).Int(20, 5))));
    }

    [Theory]
    [InlineData("BatchNormalization")]
    [InlineData("LayerNormalization")]
    [InlineData("Dropout")]
    [InlineData("CumSum")]
    [InlineData("ReduceL2")]
    public void Operators_of_common_exporters_are_accepted(string operation) => Assert.Empty(OnnxInspector.Inspect(Model(Proto.Node(operation))).Problems);

    [Fact]
    public void A_length_that_lies_is_refused()
    {
        byte[] model = Model(Proto.Node("Sigmoid"));
        Refused("FLY1131", [.. model, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
        Refused("FLY1131", [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]);
    }

    [Fact]
    public void A_file_beyond_the_limit_is_refused_unread() => Refused("FLY1130", new byte[(256 << 20) + 1]);

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
    {
        Refused("FLY1131", []);
        Refused("FLY1131", "PK\u0003\u0004 a pickle in a zip"u8.ToArray());
        Refused("FLY1131", "<html>not found</html>"u8.ToArray());
    }

    [Fact]
    public void The_runtime_loads_what_is_accepted_here()
    {
        // The control: the pen of these tests writes models that are one.
        var graph = Proto.Graph(Wired("Sigmoid", "y", "x")).Bytes(11, Declared("x", 2)).Bytes(12, Declared("y", 2));
        byte[] model = Proto.Model(graph);
        Assert.Empty(OnnxInspector.Inspect(model).Problems);
        using var session = OnnxSession.Load(model);
        Assert.Equal("x Float[2]", session.Inputs[0].ToString());
    }

    private static byte[] Model(params byte[][] nodes) => Proto.Model(Proto.Graph(nodes));

    private static byte[] Wired(string operation, string output, params string[] inputs)
    {
        var node = new Proto();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        return node.Text(2, output).Text(4, operation);
    }

    private static byte[] Declared(long size) => Declared("v", size);

    private static byte[] Declared(string name, long size) =>
        new Proto().Text(1, name).Bytes(2, new Proto().Bytes(1, new Proto().Int(1, 1).Bytes(2, new Proto().Bytes(1, new Proto().Int(1, size)))));

    private static void Refused(string code, byte[] model)
    {
        var started = Stopwatch.GetTimestamp();
        var seen = OnnxInspector.Inspect(model);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
        Assert.Contains(code, seen.Problems.Select(p => p.Code));
    }
}
