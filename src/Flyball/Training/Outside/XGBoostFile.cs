using Flyball.Native.XGBoost;

namespace Flyball.Training.Outside;

/// <summary>A booster as XGBoost saves it, as JSON: the text form is taken as it is, the binary JSON is translated by the library.</summary>
internal static class XGBoostFile
{
    /// <exception cref="Engine.Problems.FlyballException">FLY3393: it is neither of the two.</exception>
    /// <exception cref="XGBoostException">The library does not read it.</exception>
    public static byte[] Json(byte[] file)
    {
        if (file.Length < 2 || file[0] != '{')
        {
            throw OutsideProblems.Unusable("It is in none of the forms that begin with a brace; the old binary form is not read.", "Save the booster as model.json or model.ubj.");
        }

        if (IsText(file))
        {
            return file;
        }

        using var booster = XGBoostBooster.Load(file);
        return booster.Save(XGBoostFormat.Json);
    }

    /// <summary>Text goes on with a name or with space; the binary form with the type of a length.</summary>
    public static bool IsText(ReadOnlySpan<byte> file) => file.Length > 1 && file[0] == '{' && file[1] is (byte)'"' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
