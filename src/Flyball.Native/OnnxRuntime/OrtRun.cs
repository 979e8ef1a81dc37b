using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Flyball.Native.OnnxRuntime;

/// <summary>One run of a session on values of any type.</summary>
internal static unsafe class OrtRun
{
    public static IReadOnlyDictionary<string, RuntimeValue> Run(
        OrtApi api, OrtHandle session, (IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs) model, IReadOnlyDictionary<string, RuntimeTensor> given)
    {
        Check(model.Inputs, given);
        var values = new OrtValues(api);
        var inputs = new List<OrtHandle>(model.Inputs.Count);
        try
        {
            foreach (var input in model.Inputs)
            {
                inputs.Add(values.ToNative(given[input.Name]));
            }

            var outputs = Invoke(api, session, model, inputs);
            try
            {
                return model.Outputs.Zip(outputs).ToDictionary(o => o.First.Name, o => values.ToManaged(o.Second, o.First.Name), StringComparer.Ordinal);
            }
            finally
            {
                outputs.ForEach(o => o.Dispose());
            }
        }
        finally
        {
            inputs.ForEach(i => i.Dispose());
        }
    }

    /// <summary>What is said to rows that a model was not exported for.</summary>
    public static string OtherRows(long expected, long rows) =>
        string.Create(CultureInfo.InvariantCulture, $"The model takes exactly {expected} rows at a time and was given {rows}: it was exported with a fixed batch.");

    private static List<OrtHandle> Invoke(
        OrtApi api, OrtHandle session, (IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs) model, List<OrtHandle> inputs)
    {
        byte[][] names = [.. model.Inputs.Concat(model.Outputs).Select(i => Encoding.UTF8.GetBytes(i.Name + '\0'))];
        var pins = new GCHandle[names.Length];
        var addresses = new nint[names.Length];
        var from = inputs.ConvertAll(i => i.DangerousGetHandle()).ToArray();
        var to = new nint[model.Outputs.Count];
        var added = false;
        try
        {
            session.DangerousAddRef(ref added);
            for (var i = 0; i < names.Length; i++)
            {
                pins[i] = GCHandle.Alloc(names[i], GCHandleType.Pinned);
                addresses[i] = pins[i].AddrOfPinnedObject();
            }

            fixed (nint* name = addresses)
            fixed (nint* read = from)
            fixed (nint* write = to)
            {
                api.Check(api.Run(session.DangerousGetHandle(), 0, (byte**)name, read, (nuint)from.Length, (byte**)name + from.Length, (nuint)to.Length, write));
            }

            return [.. to.Select(made => new OrtHandle(made, api.Slot(OrtSlots.ReleaseValue)))];
        }
        finally
        {
            foreach (var pin in pins.Where(p => p.IsAllocated))
            {
                pin.Free();
            }

            if (added)
            {
                session.DangerousRelease();
            }
        }
    }

    private static void Check(IReadOnlyList<OnnxTensorInfo> inputs, IReadOnlyDictionary<string, RuntimeTensor> given)
    {
        if (given.Keys.FirstOrDefault(name => !inputs.Any(i => i.Name == name)) is { } unknown)
        {
            throw new OnnxRuntimeException($"The model has no input {unknown}: it takes {string.Join("; ", inputs)}.");
        }

        foreach (var input in inputs)
        {
            Check(input, given.GetValueOrDefault(input.Name) ?? throw new OnnxRuntimeException($"The input {input} was not given."));
        }
    }

    private static void Check(OnnxTensorInfo input, RuntimeTensor given)
    {
        if (input.Kind != OnnxValueKind.Tensor || input.ElementType != given.ElementType)
        {
            throw new OnnxRuntimeException($"The input {input} was given {given.ElementType}.");
        }

        // A tensor without any dimension may also be one of which the model does not say the shape.
        if (input.Dimensions.Count == 0)
        {
            return;
        }

        if (input.FixedRows is { } rows && given.Shape.Count > 0 && given.Shape[0] != rows)
        {
            throw new OnnxRuntimeException($"{OtherRows(rows, given.Shape[0])} Its input is {input}.");
        }

        if (input.Dimensions.Count != given.Shape.Count || input.Dimensions.Zip(given.Shape).Any(d => d.First >= 0 && d.First != d.Second))
        {
            throw new OnnxRuntimeException(string.Create(CultureInfo.InvariantCulture, $"The input {input} was given the shape [{string.Join(", ", given.Shape)}]."));
        }
    }
}
