namespace Flyball.Registry.Attestations;

/// <summary>What an attestation says.</summary>
public static class AttestationKinds
{
    /// <summary>These files are this model: a sigstore bundle around an OpenSSF model signature.</summary>
    public const string ModelSignature = "model-signature";

    /// <summary>This is how it came about: a DSSE envelope around SLSA provenance.</summary>
    public const string Provenance = "provenance";

    /// <summary>This is all that one archive of the version says: a DSSE envelope around the list of its members.</summary>
    public const string Archive = "archive";
}
