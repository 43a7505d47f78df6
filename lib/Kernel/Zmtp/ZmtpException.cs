namespace Fgsm.Kernel.Zmtp;

/// <summary>The other side does not speak ZMTP 3; only its connection ends.</summary>
internal sealed class ZmtpException(string message) : Exception(message);
