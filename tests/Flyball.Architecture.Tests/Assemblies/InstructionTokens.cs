using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>The metadata tokens that a method's instructions carry.</summary>
internal static class InstructionTokens
{
    private static readonly Dictionary<short, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(code => code.Value, code => code.OperandType);

    public static List<int> Read(BlobReader il)
    {
        List<int> tokens = [];
        while (il.RemainingBytes > 0)
        {
            int code = il.ReadByte();
            if (code == 0xFE)
            {
                code = 0xFE00 | il.ReadByte();
            }

            switch (Operands[unchecked((short)code)])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    var cases = il.ReadInt32();
                    il.Offset += 4 * cases;
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    tokens.Add(il.ReadInt32());
                    break;
                default:
                    // Branches, strings, call-site signatures, 32-bit constants.
                    il.Offset += 4;
                    break;
            }
        }

        return tokens;
    }
}
