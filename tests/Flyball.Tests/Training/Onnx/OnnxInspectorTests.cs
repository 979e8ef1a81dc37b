using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Onnx;

public sealed class OnnxInspectorTests
{
    private static readonly byte[] Good = Proto.Model(Proto.Graph(Proto.Node("Sigmoid")));

    [Fact]
    public void A_model_of_allowed_operators_is_accepted()
    {
        var seen = OnnxInspector.Inspect(Proto.Model(Proto.Graph(
            Proto.Node("TreeEnsembleRegressor", "ai.onnx.ml", new Proto().Text(1, "nodes_featureids").Int(8, 0).Int(8, 1).Int(20, 7)),
            Proto.Node("Sigmoid"))));

        Assert.Empty(seen.Problems);
        Assert.Equal(["ai.onnx.ml:TreeEnsembleRegressor", "ai.onnx:Sigmoid"], seen.Operators);
        Assert.Equal((2, 2), (seen.Nodes, seen.TreeNodes));
    }

    [Theory]
    [InlineData("Loop", "")]
    [InlineData("Expand", "")]
    [InlineData("Sigmoid", "ai.onnx.ml")]
    [InlineData("sigmoid", "")]
    public void An_operator_outside_the_list_is_refused(string operation, string domain) =>
        Refused("FLY1133", Proto.Model(Proto.Graph(Proto.Node("Sigmoid"), Proto.Node(operation, domain))));

    [Fact]
    public void An_operator_inside_a_subgraph_is_refused()
    {
        var branch = new Proto().Text(1, "then_branch").Bytes(6, Proto.Graph(Proto.Node("Loop"))).Int(20, 5);
        Refused("FLY1133", Proto.Model(Proto.Graph(Proto.Node("If", "", branch))));
    }

    [Fact]
    public void An_operator_inside_a_list_of_subgraphs_is_refused()
    {
        var branches = new Proto().Text(1, "branches").Bytes(11, Proto.Graph(Proto.Node("Loop"))).Int(20, 10);
        Refused("FLY1133", Proto.Model(Proto.Graph(Proto.Node("If", "", branches))));
    }

    [Fact]
    public void Subgraphs_deeper_than_the_limit_are_refused()
    {
        byte[] graph = Proto.Graph(Proto.Node("Identity"));
        for (var i = 0; i < 20; i++)
        {
            graph = Proto.Graph(Proto.Node("If", "", new Proto().Text(1, "then_branch").Bytes(6, graph)));
        }

        Refused("FLY1135", Proto.Model(graph));
    }

    [Fact]
    public void An_operator_of_another_domain_is_refused() =>
        Refused("FLY1134", Proto.Model(Proto.Graph(Proto.Node("Sigmoid", "com.example"))));

    [Fact]
    public void A_domain_that_is_imported_and_not_used_is_no_fault() =>
        Assert.Empty(OnnxInspector.Inspect(new Proto().Raw(Good).Bytes(8, new Proto().Text(1, "com.microsoft").Int(2, 1))).Problems);

    [Fact]
    public void A_tensor_with_external_data_is_refused() =>
        Refused("FLY1132", WithTensor(new Proto().Int(1, 1).Int(2, 1).Bytes(13, new Proto().Text(1, "location").Text(2, "../../etc/passwd"))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData((1L << 32) + 1)]
    [InlineData(1L << 32)]
    public void A_tensor_located_elsewhere_is_refused(long location) =>
        Refused("FLY1132", WithTensor(new Proto().Int(1, 1).Int(2, 1).Raw(OneFloat()).Int(14, location)));

    [Fact]
    public void External_data_in_the_attribute_of_a_subgraph_is_refused()
    {
        byte[] tensor = new Proto().Int(1, 1).Int(2, 1).Int(14, 1);
        var inner = Proto.Graph(Proto.Node("Constant", "", new Proto().Text(1, "value").Bytes(5, tensor).Int(20, 4)));
        Refused("FLY1132", Proto.Model(Proto.Graph(Proto.Node("If", "", new Proto().Text(1, "then_branch").Bytes(6, inner)))));
    }

    [Fact]
    public void External_data_in_a_sparse_tensor_is_refused()
    {
        byte[] sparse = new Proto().Bytes(1, new Proto().Int(1, 1).Int(2, 1).Int(14, 1));
        Refused("FLY1132", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(15, sparse)));
    }

    [Fact]
    public void A_tensor_whose_values_do_not_fill_its_shape_is_refused() =>
        Refused("FLY1137", WithTensor(new Proto().Int(1, 1000).Int(2, 1).Raw(OneFloat())));

    [Fact]
    public void A_tensor_with_a_shape_beyond_64_bits_is_refused() =>
        Refused("FLY1137", WithTensor(new Proto().Int(1, 1L << 40).Int(1, 1L << 40).Int(2, 1)));

    [Fact]
    public void A_tensor_with_a_negative_dimension_is_refused() =>
        Refused("FLY1137", WithTensor(new Proto().Int(1, -1).Int(2, 1)));

    [Fact]
    public void A_sparse_tensor_is_refused_for_its_unfolded_size() =>
        Refused("FLY1137", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(15, new Proto().Int(3, 1L << 40))));

    [Fact]
    public void A_file_above_the_limit_is_refused_unread() =>
        Refused("FLY1130", Good, new OnnxLimits { Bytes = Good.Length - 1 });

    [Fact]
    public void Too_many_nodes_are_refused() =>
        Refused("FLY1135", Proto.Model(Proto.Graph(Proto.Node("Exp"), Proto.Node("Log"), Proto.Node("Exp"))), new OnnxLimits { Nodes = 2 });

    [Fact]
    public void Too_many_tensors_are_refused()
    {
        byte[] tensor = new Proto().Int(1, 1).Int(2, 1).Raw(OneFloat());
        var graph = Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, tensor).Bytes(5, tensor);
        Refused("FLY1135", Proto.Model(graph), new OnnxLimits { Tensors = 1 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Too_many_tree_nodes_are_refused(bool packed)
    {
        var ids = new Proto().Text(1, "nodes_featureids");
        ids = packed ? ids.Bytes(8, [0, 1, 0xFF, 0x01]) : ids.Int(8, 0).Int(8, 1).Int(8, 255);
        byte[] model = Proto.Model(Proto.Graph(Proto.Node("TreeEnsembleRegressor", "ai.onnx.ml", ids)));

        Assert.Empty(OnnxInspector.Inspect(model, new OnnxLimits { TreeNodes = 3 }).Problems);
        Refused("FLY1135", model, new OnnxLimits { TreeNodes = 2 });
    }

    [Fact]
    public void A_function_of_allowed_operators_is_accepted_and_unfolded()
    {
        var seen = OnnxInspector.Inspect(Proto.Model(
            Proto.Graph(Proto.Node("twice", "local"), Proto.Node("twice", "local")),
            Proto.Function("twice", Proto.Node("Add"), Proto.Node("Mul"))));

        Assert.Empty(seen.Problems);
        Assert.Equal(4, seen.Nodes);
    }

    [Fact]
    public void A_function_with_a_forbidden_body_is_refused_even_when_nobody_calls_it() =>
        Refused("FLY1133", Proto.Model(Proto.Graph(Proto.Node("Sigmoid")), Proto.Function("f", Proto.Node("Loop"))));

    [Fact]
    public void A_function_that_calls_itself_through_another_is_refused() =>
        Refused("FLY1136", Proto.Model(
            Proto.Graph(Proto.Node("f", "local")),
            Proto.Function("f", Proto.Node("g", "local")),
            Proto.Function("g", Proto.Node("f", "local"))));

    [Fact]
    public void Functions_that_unfold_to_billions_of_nodes_are_refused()
    {
        var functions = new List<byte[]> { Proto.Function("f0", Proto.Node("Add"), Proto.Node("Add")) };
        for (var i = 1; i < 30; i++)
        {
            functions.Add(Proto.Function($"f{i}", Proto.Node($"f{i - 1}", "local"), Proto.Node($"f{i - 1}", "local")));
        }

        Refused("FLY1135", Proto.Model(Proto.Graph(Proto.Node("f29", "local")), [.. functions]));
    }

    [Fact]
    public void Training_steps_are_refused() => Refused("FLY1138", new Proto().Raw(Good).Bytes(20, []));

    [Theory]
    [InlineData(27)]
    [InlineData(500)]
    public void A_field_that_is_not_known_is_refused(int field) => Refused("FLY1131", new Proto().Raw(Good).Int(field, 1));

    [Fact]
    public void A_known_field_in_another_form_is_refused() => Refused("FLY1131", new Proto().Raw(Good).Int(7, 1));

    [Fact]
    public void A_group_is_refused() => Refused("FLY1131", new Proto().Raw(Good).Raw(0x0B, 0x0C));

    [Fact]
    public void Field_number_zero_is_refused() => Refused("FLY1131", new Proto().Raw(Good).Raw(0x00, 0x01));

    [Fact]
    public void A_number_without_an_end_is_refused() =>
        Refused("FLY1131", new Proto().Raw(Good).Raw(0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1));

    [Fact]
    public void A_model_without_a_graph_is_refused() => Refused("FLY1131", new Proto().Int(1, 8));

    [Fact]
    public void A_model_with_two_graphs_is_refused() => Refused("FLY1131", new Proto().Raw(Good).Raw(Good));

    [Fact]
    public void No_truncated_model_is_accepted_unless_its_graph_is_whole()
    {
        var whole = new Proto().Bytes(7, Proto.Graph(Proto.Node("Sigmoid")));
        byte[] bytes = whole;
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(OnnxInspector.Inspect(bytes.AsSpan(0, length)).IsAccepted, $"cut at {length}");
        }

        Assert.True(OnnxInspector.Inspect(bytes).IsAccepted);
    }

    [Fact]
    public void Random_damage_never_makes_the_inspector_throw()
    {
        byte[] model = Proto.Model(
            Proto.Graph(Proto.Node("f", "local", new Proto().Text(1, "a").Bytes(5, new Proto().Int(1, 1).Int(2, 1).Raw(OneFloat())))),
            Proto.Function("f", Proto.Node("Add")));
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])model.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            refused += OnnxInspector.Inspect(damaged).IsAccepted ? 0 : 1;
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    [Fact]
    public void A_name_out_of_the_file_is_cut_and_cleaned_before_it_is_shown()
    {
        var problem = Assert.Single(OnnxInspector.Inspect(Proto.Model(Proto.Graph(Proto.Node("\u001b[31m" + new string('a', 5000))))).Problems);
        Assert.Equal("FLY1133", problem.Code);
        Assert.True(problem.Message.Length < 300);
        Assert.DoesNotContain('\u001b', problem.Message);
    }

    private static byte[] WithTensor(byte[] tensor) => Proto.Model(Proto.Graph(Proto.Node("Sigmoid")).Bytes(5, tensor));

    private static byte[] OneFloat() => new Proto().Bytes(9, [0, 0, 0x80, 0x3F]);

    private static void Refused(string code, byte[] model, OnnxLimits? limits = null)
    {
        // The control: the same model without the fault is accepted by the first test above.
        var seen = OnnxInspector.Inspect(model, limits);
        Assert.False(seen.IsAccepted);
        Assert.Contains(code, seen.Problems.Select(p => p.Code));
    }
}
