namespace Flyball.Server.Operations;

/// <summary>
/// Whether the server is on its way out: health says so, so that nobody sends more, and connections are closed behind their answers, so that those who keep
/// one go elsewhere. Requests are answered all the same. Thread-safe.
/// </summary>
internal sealed class Draining
{
    private volatile bool isOn;

    public bool IsOn => isOn;

    public void Begin() => isOn = true;
}
