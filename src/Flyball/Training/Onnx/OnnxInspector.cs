using System.Runtime.InteropServices;
using Flyball.Engine.Problems;

namespace Flyball.Training.Onnx;

/// <summary>
/// Reads a model that nobody vouches for, field by field, before ONNX Runtime sees it.
/// </summary>
/// <remarks>
/// <para>1. Every message that can hold an operator or a tensor is walked: graphs, subgraphs, functions, attributes.</para>
/// <para>2. A field that this reader does not know refuses the model: what cannot be read cannot be vouched for.</para>
/// <para>3. Sizes are checked against <see cref="OnnxLimits"/> before anything is added up or allocated.</para>
/// <para>Cost: one pass over the bytes. Source of the format: onnx.proto of the ONNX project.</para>
/// </remarks>
public sealed class OnnxInspector
{
    private readonly OnnxLimits limits;
    private readonly OnnxRefusals problems = new();
    private readonly SortedSet<string> operators = new(StringComparer.Ordinal);
    private readonly OnnxFunctions functions;
    private readonly OnnxTensors tensors;
    private long treeNodes;

    /// <summary>Operators to which NaN among their constants means a missing value.</summary>
    private static bool TakesNaN(string operation) => operation is "Imputer" or "LabelEncoder";

    private OnnxInspector(OnnxLimits limits)
    {
        this.limits = limits;
        functions = new(limits, problems);
        tensors = new(limits, problems);
    }

    /// <summary>Tells whether a model may be loaded, and all the reasons why not. Never throws on the bytes' account.</summary>
    public static OnnxInspection Inspect(ReadOnlySpan<byte> model, OnnxLimits? limits = null)
    {
        var inspector = new OnnxInspector(limits ?? new());
        if (model.Length > inspector.limits.Bytes)
        {
            return new([OnnxProblems.TooLarge(model.Length, inspector.limits.Bytes)], [], 0, 0);
        }

        inspector.Model(model);
        var nodes = inspector.functions.Expand();
        return new(inspector.problems.Problems, [.. inspector.operators], nodes, inspector.treeNodes);
    }

    private void Model(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        var graphs = 0;
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Model.IrVersion or OnnxFields.Model.ModelVersion, WireKind.Varint):
                case (OnnxFields.Model.ProducerName or OnnxFields.Model.ProducerVersion or OnnxFields.Model.Domain, WireKind.Bytes):
                case (OnnxFields.Model.DocString or OnnxFields.Model.MetadataProps, WireKind.Bytes):
                    break;
                case (OnnxFields.Model.Graph, WireKind.Bytes):
                    graphs++;
                    _ = Graph(reader.Content, OnnxFunctions.MainGraph, 1);
                    break;
                case (OnnxFields.Model.OpsetImport, WireKind.Bytes):
                    Opset(reader.Content);
                    break;
                case (OnnxFields.Model.TrainingInfo, WireKind.Bytes):
                    problems.Add(OnnxProblems.Training());
                    break;
                case (OnnxFields.Model.Functions, WireKind.Bytes):
                    Function(reader.Content);
                    break;
                default:
                    Unknown("the model", reader.Field);
                    break;
            }
        }

        Finish("the model", reader);
        if (graphs != 1 && reader.Broken is null)
        {
            problems.Add(OnnxProblems.Malformed("the model", $"It has {graphs} graphs instead of one."));
        }
    }

    /// <summary>Exporters import more domains than they use: only the domain of a node counts.</summary>
    private void Opset(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) is not ((OnnxFields.Opset.Domain, WireKind.Bytes) or (OnnxFields.Opset.Version, WireKind.Varint)))
            {
                Unknown("an operator set", reader.Field);
            }
        }

        Finish("an operator set", reader);
    }

    private void Function(ReadOnlySpan<byte> bytes)
    {
        var name = new FunctionName(bytes);
        functions.Declare(name.Key);
        var wiring = new OnnxWiring(limits.Edges);
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Function.Name or OnnxFields.Function.Domain or OnnxFields.Function.Overload, WireKind.Bytes):
                case (OnnxFields.Function.Input or OnnxFields.Function.Output or OnnxFields.Function.Attribute, WireKind.Bytes):
                case (OnnxFields.Function.DocString or OnnxFields.Function.ValueInfo or OnnxFields.Function.MetadataProps, WireKind.Bytes):
                    break;
                case (OnnxFields.Function.Node, WireKind.Bytes):
                    Node(reader.Content, name.Key, 1, wiring);
                    break;
                case (OnnxFields.Function.OpsetImport, WireKind.Bytes):
                    Opset(reader.Content);
                    break;
                case (OnnxFields.Function.AttributeProto, WireKind.Bytes):
                    _ = Attribute(reader.Content, name.Key, 1, wiring);
                    break;
                default:
                    Unknown("a function", reader.Field);
                    break;
            }
        }

        Finish("a function", reader);
        Judge(wiring, "a function");
    }

    private OnnxWiring Graph(ReadOnlySpan<byte> bytes, string owner, int depth)
    {
        var wiring = new OnnxWiring(limits.Edges);
        if (depth > limits.Depth)
        {
            problems.Add(OnnxProblems.TooMany("graphs inside one another", limits.Depth));
            return wiring;
        }

        var reader = new ProtoReader(bytes);
        while (!functions.IsFull && reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Graph.Name or OnnxFields.Graph.DocString or OnnxFields.Graph.QuantizationAnnotation or OnnxFields.Graph.MetadataProps, WireKind.Bytes):
                    break;
                case (OnnxFields.Graph.Input or OnnxFields.Graph.Output or OnnxFields.Graph.ValueInfo, WireKind.Bytes):
                    Refuse(OnnxShapes.HasNegative(reader.Content) ? OnnxProblems.NegativeShape("a graph") : null);
                    break;
                case (OnnxFields.Graph.Node, WireKind.Bytes):
                    Node(reader.Content, owner, depth, wiring);
                    break;
                case (OnnxFields.Graph.Initializer, WireKind.Bytes):
                    Refuse(tensors.Inspect(reader.Content) is { } undefined ? OnnxProblems.NotANumber(OnnxProblems.Tensor(undefined)) : null);
                    break;
                case (OnnxFields.Graph.SparseInitializer, WireKind.Bytes):
                    tensors.InspectSparse(reader.Content);
                    break;
                default:
                    Unknown("a graph", reader.Field);
                    break;
            }
        }

        Finish("a graph", reader);
        Judge(wiring, "a graph");
        return wiring;
    }

    private void Node(ReadOnlySpan<byte> bytes, string owner, int depth, OnnxWiring wiring)
    {
        wiring.NextNode();
        var reader = new ProtoReader(bytes);
        var (domain, operation, overload) = ("", "", "");
        string? undefined = null;
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Node.Name or OnnxFields.Node.DocString or OnnxFields.Node.MetadataProps, WireKind.Bytes):
                    break;
                case (OnnxFields.Node.Input, WireKind.Bytes):
                    wiring.Read(reader.Text());
                    break;
                case (OnnxFields.Node.Output, WireKind.Bytes):
                    wiring.Make(reader.Text());
                    break;
                case (OnnxFields.Node.OpType, WireKind.Bytes):
                    operation = reader.Text();
                    break;
                case (OnnxFields.Node.Domain, WireKind.Bytes):
                    domain = reader.Text();
                    break;
                case (OnnxFields.Node.Overload, WireKind.Bytes):
                    overload = reader.Text();
                    break;
                case (OnnxFields.Node.Attribute, WireKind.Bytes):
                    undefined = Attribute(reader.Content, owner, depth, wiring) ?? undefined;
                    break;
                default:
                    Unknown("a node", reader.Field);
                    break;
            }
        }

        Finish("a node", reader);
        Refuse(undefined is not null && !TakesNaN(operation) ? OnnxProblems.NotANumber(OnnxProblems.AttributeOf(undefined, operation)) : null);
        if (functions.Call(owner, FunctionName.KeyOf(domain, operation, overload), domain, operation))
        {
            operators.Add($"{(domain.Length == 0 ? "ai.onnx" : domain)}:{operation}");
        }
    }

    /// <returns>The name of the attribute when it holds NaN; null when it does not.</returns>
    private string? Attribute(ReadOnlySpan<byte> bytes, string owner, int depth, OnnxWiring wiring)
    {
        var reader = new ProtoReader(bytes);
        long count = 0;
        var (name, ofTree, undefined) = ("", false, false);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Attribute.Name, WireKind.Bytes):
                    // Each node of an ensemble has one feature, in every version of the operators.
                    ofTree |= reader.Content.SequenceEqual("nodes_featureids"u8);
                    name = reader.Text();
                    break;
                case (OnnxFields.Attribute.String or OnnxFields.Attribute.DocString or OnnxFields.Attribute.RefAttrName, WireKind.Bytes):
                case (OnnxFields.Attribute.TypeProto or OnnxFields.Attribute.TypeProtos or OnnxFields.Attribute.Strings, WireKind.Bytes):
                case (OnnxFields.Attribute.Int or OnnxFields.Attribute.Type, WireKind.Varint):
                    break;
                case (OnnxFields.Attribute.Float or OnnxFields.Attribute.Floats, WireKind.Fixed32):
                case (OnnxFields.Attribute.Floats, WireKind.Bytes):
                    undefined |= OnnxNumbers.HasNaN(MemoryMarshal.Cast<byte, float>(reader.Content));
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Varint):
                    count++;
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Bytes):
                    count += OnnxTensors.CountVarints(reader.Content);
                    break;
                case (OnnxFields.Attribute.Tensor or OnnxFields.Attribute.Tensors, WireKind.Bytes):
                    undefined |= tensors.Inspect(reader.Content) is not null;
                    break;
                case (OnnxFields.Attribute.SparseTensor or OnnxFields.Attribute.SparseTensors, WireKind.Bytes):
                    tensors.InspectSparse(reader.Content);
                    break;
                case (OnnxFields.Attribute.Graph or OnnxFields.Attribute.Graphs, WireKind.Bytes):
                    foreach (var outer in Graph(reader.Content, owner, depth + 1).FromOutside)
                    {
                        wiring.Read(outer);
                    }

                    break;
                default:
                    Unknown("an attribute", reader.Field);
                    break;
            }
        }

        Finish("an attribute", reader);
        if (ofTree)
        {
            treeNodes += count;
            if (count > limits.TreeNodes)
            {
                problems.Add(OnnxProblems.TooMany("tree nodes in one ensemble", limits.TreeNodes));
            }
        }

        return undefined ? name : null;
    }

    private void Judge(OnnxWiring wiring, string where) => Refuse(
        wiring.IsFull ? OnnxProblems.TooMany("inputs and outputs of nodes", limits.Edges)
        : wiring.HasCycle() ? OnnxProblems.Cycle(where)
        : null);

    private void Refuse(Problem? problem)
    {
        if (problem is not null)
        {
            problems.Add(problem);
        }
    }

    private void Unknown(string message, int field) =>
        problems.Add(OnnxProblems.Malformed(message, $"Field {field} is not one that this version knows in this form."));

    private void Finish(string message, ProtoReader reader)
    {
        if (reader.Broken is { } reason)
        {
            problems.Add(OnnxProblems.Malformed(message, reason));
        }
    }
}
